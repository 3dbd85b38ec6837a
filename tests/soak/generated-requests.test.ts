import { LivingGround } from '../helpers/generated/ground';
import { tryRoute, type Counts } from '../helpers/generated/run';
import { PlainCaller } from '../helpers/plain-caller';
import { documentedRoutes } from '../helpers/generated/routes';
import { nameOf } from './helpers/apis';
import { say, size, soak } from './helpers/soak';

const REQUESTS = size('GENERATED', 2_000);

soak('generated requests', () => {
  const counts: Counts = { routes: 0, requests: 0, '5xx': 0, undocumented: 0 };
  const ground = new LivingGround();
  const caller = new PlainCaller();
  const seed = size('SEED', Date.now() % 1_000_000_007);

  beforeAll(() => say(`generated requests: SOAK_SEED=${seed}`));
  afterAll(async () => {
    caller.close();
    await ground.renew();
    say(JSON.stringify(counts));
  });

  test.each(documentedRoutes().map((route) => [nameOf(route), route] as const))(
    '%s answers every one as documented, and none with a fault of ours',
    async (_, route) => {
      expect(await tryRoute(ground, caller, counts, { route, size: REQUESTS, seed })).toBeNull();
    },
  );
});
