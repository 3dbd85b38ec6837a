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

test('generated requests are answered as documented, and none with a fault of ours', async () => {
  const faults: (string | null)[] = [];
  for (const route of documentedRoutes())
    faults.push(await tryRoute(ground, caller, counts, { route, size: REQUESTS, seed: SEED }));
  expect(faults.filter((fault) => fault !== null)).toEqual([]);
  expect(counts).toMatchObject({ '5xx': 0, undocumented: 0 });
  expect(counts.requests).toBeGreaterThanOrEqual(100 * REQUESTS);
}, 60_000);
