import { ready } from '../helpers/outputs';
import { ServerProcess } from '../helpers/process';

jest.setTimeout(60_000);

const POOLS = 'pools: [{ name: lab, kind: account, driver: simulated, size: 1 }]';

/** The text of the metrics on the port of the API. */
async function scrape({ url }: ServerProcess, token: string): Promise<string> {
  const headers = { Authorization: `Bearer ${token}` };
  const answer = await fetch(`${url}/metrics`, { headers });
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=/);
  return answer.text();
}

async function lendOnce({ http }: ServerProcess, token: string): Promise<void> {
  const body = { items: [{ pool: 'lab' }] };
  const { body: loan } = await http.post('/v1/reservations?wait=30', { body, token });
  await http.delete(`/v1/reservations/${(loan as { id: string }).id}`, { token });
}

test('threads tell what they have done; each process counts every loan of the database', async () => {
  const server = await ServerProcess.start({ pools: POOLS, env: { METRICS: 'true' } });
  await ready(server.url);
  const token = await server.setUp();
  const other = await ServerProcess.start({
    dataDir: server.dataDir,
    env: { METRICS: '127.0.0.1:0' },
  });
  const { url } = await other.log.line(({ msg }) => msg === 'serving metrics', 'metrics');
  const body = { name: 'scraper', scopes: ['metrics'] };
  const made = await server.http.post('/v1/tokens', { body, token });
  const scraper = (made.body as { token: string }).token;
  await lendOnce(server, token);
  for (const series of [
    /^holdfast_driver_calls_total\{driver="simulated",step="provision",outcome="ok"\} 1$/m,
    /^holdfast_commit_batch_tasks_count\{thread="http"\} [1-9]/m,
    /^holdfast_commit_duration_seconds_count\{thread="reconcile"\} [1-9]/m,
    /^holdfast_grants_total\{pool="lab"\} 1$/m,
  ])
    await server.until(String(series), async () => series.test(await scrape(server, scraper)));
  const there = await (await fetch(url as string)).text();
  expect(there).toContain('\nholdfast_grants_total{pool="lab"} 1\n');
  expect((await other.http.get('/metrics', { token })).status).toBe(404);
  await server.stop();
  await other.stop();
});

test('an address that is taken ends the start, and names METRICS', async () => {
  const server = await ServerProcess.start({ pools: POOLS });
  const taken = new URL(server.url).host;
  await expect(ServerProcess.start({ env: { METRICS: taken } })).rejects.toThrow(
    /METRICS: another program already listens there/,
  );
});
