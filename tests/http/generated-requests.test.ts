import { LivingGround } from '../helpers/generated/ground';
import { documentedRoutes } from '../helpers/generated/routes';
import { tryRoute, type Counts } from '../helpers/generated/run';
import { PlainCaller } from '../helpers/plain-caller';

/** Requests to each route; `npm run soak` sends 2,000. */
const REQUESTS = 8;
/** Always the same calls: `npm run soak` throws the dice. */
const SEED = 1;

const counts: Counts = { routes: 0, requests: 0, '5xx': 0, undocumented: 0 };
const ground = new LivingGround();
const caller = new PlainCaller();

afterAll(async () => {
  caller.close();
  await ground.renew();
});

const routes = documentedRoutes().map((route) => [route.method, route.path, route] as const);

test.each(routes)(
  '%s %s: answered as documented, with no fault of ours',
  async (...[, , route]) => {
    const job = { route, size: REQUESTS, seed: SEED };
    expect(await tryRoute(ground, caller, counts, job)).toBeNull();
  },
);

test('that was every route', () => {
  expect(counts).toMatchObject({ '5xx': 0, undocumented: 0, routes: routes.length });
  expect(counts.requests).toBeGreaterThanOrEqual(100 * REQUESTS);
});
