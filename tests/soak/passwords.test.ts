import { temporaryDirectory } from '../helpers/engine';
import { ServerProcess } from '../helpers/process';
import { say, size, soak } from './helpers/soak';

const LOGINS = size('LOGINS', 200);
const PASSWORD = `${'a long sentence that goes on and on, '.repeat(3).slice(0, 99)}!`;
const POOLS = 'pools: [{ name: p, kind: token, driver: simulated, size: 5, settings: { leavesNothing: true, rotates: false } }]';

soak('passwords', () => {
  it(`are checked for ${LOGINS} at once while everything else goes on`, async () => {
    const server = await ServerProcess.start({ dataDir: temporaryDirectory(), pools: POOLS, env: { BCRYPT_COST: '12' } });
    const token = await server.setUp();
    const made = await server.http.post('/v1/users', { token, body: { name: 'Bea', email: 'bea@example.org', password: PASSWORD } });
    expect(made.status).toBe(201);
    const login = (password: string) => server.http.get('/v1/me', { headers: { Authorization: `Basic ${Buffer.from(`bea@example.org:${password}`).toString('base64')}` } });
    expect((await login(PASSWORD)).status).toBe(200);
    expect((await login(`${PASSWORD.slice(0, 99)}?`)).status).toBe(401);
    expect((await login(PASSWORD.slice(0, 99))).status).toBe(401);
    const route = async (): Promise<number> => {
      const start = performance.now();
      const { status } = await server.http.get('/v1/pools', { token });
      expect(status).toBe(200);
      return performance.now() - start;
    };
    const quiet = await sampled(route, 300);
    const logins = Array.from({ length: LOGINS }, (_, index) => login(index % 2 === 0 ? PASSWORD : `wrong ${index}`).then(({ status }) => ({ status, right: index % 2 === 0 })));
    let pending = true;
    const settled = Promise.all(logins).finally(() => (pending = false));
    const busy: number[] = [];
    while (pending || busy.length < 100) busy.push(await route());
    const answers = await settled;
    // Refused for now is an answer too: nobody who is wrong gets in, nobody who is right is told to be wrong.
    expect(answers.filter(({ status, right }) => ![right ? 200 : 401, 429, 503].includes(status))).toEqual([]);
    expect(answers.some(({ status }) => status === 200) && answers.some(({ status }) => status === 401)).toBe(true);
    const [before, during] = [p99(quiet), p99(busy)];
    say(`passwords: p99 of another route ${before.toFixed(1)} ms, with ${LOGINS} logins ${during.toFixed(1)} ms (${busy.length} calls)`);
    expect(during - before).toBeLessThan(100);
    await server.stop();
  });
});

async function sampled(work: () => Promise<number>, count: number): Promise<number[]> {
  const sample: number[] = [];
  while (sample.length < count) sample.push(await work());
  return sample;
}

function p99(sample: number[]): number {
  return [...sample].sort((a, b) => a - b)[Math.floor(sample.length * 0.99)]!;
}
