import { temporaryDirectory } from '../helpers/engine';
import { ServerProcess } from '../helpers/process';
import { describeWithWallClock, WallClock } from '../helpers/wall-clock';

jest.setTimeout(60_000);

const POOLS = `
pools:
  - { name: lab, kind: account, driver: simulated, size: 2, lease: { default: 30m } }
  - { name: beating, kind: account, driver: simulated, size: 1,
      lease: { default: 8h, heartbeat: 1m } }
`;

describeWithWallClock('a machine that was suspended for an hour', () => {
  test('ends what was promised until then, and nothing for want of a heartbeat', async () => {
    const clock = new WallClock();
    const server = await ServerProcess.start({ pools: POOLS, env: clock.env });
    const token = await server.setUp();
    const lend = async (pool: string) =>
      (
        await server.http.post('/v1/reservations?wait=60', {
          token,
          body: { items: [{ pool }] },
        })
      ).body;
    const [over, kept] = [await lend('lab'), await lend('beating')];
    expect(over.resources[0].credentials).not.toBeNull();
    const short = await server.http.post('/v1/tokens', {
      token,
      body: { name: 'short', scopes: ['read'], expiresInSeconds: 1800 },
    });
    expect(short.status).toBe(201);
    const withShort = () => server.http.get('/v1/me', { token: short.body.token as string });
    expect((await withShort()).status).toBe(200);

    clock.jump('+1h');
    const after = await server.http.get(`/v1/reservations/${over.id}`, { token });
    expect(after.body).toMatchObject({ status: 'ended', endReason: 'expired' });
    expect(JSON.stringify(after.body)).not.toContain(over.resources[0].credentials.password);
    expect((await withShort()).status).toBe(401);
    const beat = `/v1/reservations/${kept.id}/heartbeat`;
    expect((await server.http.post(beat, { token })).status).toBe(200);
    await server.log.line(({ msg }) => msg === 'nobody could be heard', 'the silence');
    const still = await server.http.get(`/v1/reservations/${kept.id}`, { token });
    expect(still.body).toMatchObject({ status: 'active', endsAt: kept.endsAt });
    // The job sees it, too: what was lent is cleaned and lent again.
    await server.until('both available', async () => {
      const { body } = await server.http.get('/v1/pools/lab', { token });
      return body.counts.available === 2;
    });

    clock.jump('+0');
    const next = await lend('lab');
    expect(Date.parse(next.startsAt as string)).toBeGreaterThan(Date.now() + 3_500_000);
    await server.stop();
  });

  test('a process that joins after the clock was set back has the same time', async () => {
    const clock = new WallClock();
    const dataDir = temporaryDirectory();
    const start = () => ServerProcess.start({ dataDir, pools: POOLS, env: clock.env });
    const first = await start();
    const token = await first.setUp();
    clock.jump('+1h');
    await first.log.line(({ msg }) => msg === 'nobody could be heard', 'the silence');
    await first.until('the new base', async () => {
      const { wall } = JSON.parse((await first.store.metadata('clock_base'))!) as { wall: number };
      return wall > Date.now() + 3_500_000;
    });
    clock.jump('+0');
    const second = await start();
    const { body } = await second.http.post('/v1/reservations?wait=60', {
      token,
      body: { items: [{ pool: 'lab' }] },
    });
    expect(Date.parse(body.startsAt as string)).toBeGreaterThan(Date.now() + 3_500_000);
    await second.stop();
    await first.stop();
  });
});
