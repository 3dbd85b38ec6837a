import { cleanUp } from './cleanups';
import { LegacyServer } from './legacy';

const POOLS = 'pools: [{ name: lab, kind: token, driver: simulated, size: 20 }]';

test('the jobs of a server end before its database is closed', async () => {
  const server = await LegacyServer.start({ mode: 'off', pools: POOLS });
  await cleanUp();
  await server.stop();
});
