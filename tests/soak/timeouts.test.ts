import { ServerProcess } from '../helpers/process';
import { SlowCaller } from '../helpers/slow-caller';
import { TIMEOUTS } from '../../src/http/timeouts';
import { say, soak } from './helpers/soak';

/** How late a connection may be cut: the pause between two checks, and a busy machine. */
const LATE = TIMEOUTS.connectionsCheckingInterval + 5_000;
const HEAD = 'POST /v1/setup HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n';

soak('slow callers of a real server', () => {
  it('are cut off when their time is over, and a held answer is not', async () => {
    const server = await ServerProcess.start({
      pools: 'pools: [{ name: lab, kind: account, driver: simulated, size: 1 }]',
    });
    const token = await server.setUp();
    const lend = () =>
      server.http.post('/v1/reservations?wait=30', { token, body: { items: [{ pool: 'lab' }] } });
    expect((await lend()).status).toBe(201);
    const { body: queued } = await server.http.post('/v1/reservations', {
      token,
      body: { items: [{ pool: 'lab' }] },
    });
    const begun = performance.now();
    const cut = async (what: string, due: number, begin: (caller: SlowCaller) => void) => {
      const caller = await SlowCaller.connect(server.url);
      begin(caller);
      await caller.closed();
      const after = performance.now() - begun;
      say(`timeouts: ${what} cut after ${(after / 1000).toFixed(1)} s`);
      expect(after).toBeGreaterThan(due - 1_000);
      expect(after).toBeLessThan(due + LATE);
    };
    const held = async () => {
      const { status, body } = await server.http.get(`/v1/reservations/${queued.id}?wait=60`, {
        token,
      });
      expect({ status, of: body.status }).toEqual({ status: 200, of: 'queued' });
      expect(performance.now() - begun).toBeGreaterThan(59_000);
    };
    await Promise.all([
      cut('headers', TIMEOUTS.headersTimeout, (caller) =>
        caller.dribble(`${HEAD}X-Slow: aaa`, 100),
      ),
      cut('a body', TIMEOUTS.requestTimeout, (caller) => {
        caller.say(`${HEAD}Content-Length: 10000\r\n\r\n`);
        caller.dribble(' ', 100);
      }),
      cut('an idle connection', TIMEOUTS.keepAliveTimeout, (caller) =>
        caller.say('GET /livez HTTP/1.1\r\nHost: here\r\n\r\n'),
      ),
      held(),
    ]);
    await server.stop();
  });
});
