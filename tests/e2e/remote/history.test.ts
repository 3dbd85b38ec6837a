import { EXIT } from '../../../src/cli/exit-codes';
import { serving } from '../../helpers/serving';
import { CommandLine } from './command-line';

const STEP = {
  since: '2026-03-01T00:00:00.000Z',
  until: '2026-03-02T00:00:00.000Z',
  use: { share: 0.475, heldSeconds: 41_040, resourceSeconds: 86_400 },
  loans: { started: 12, ended: { released: 11, expired: 1 } },
  waits: {
    ...{ waited: 3, p50Seconds: 0.083, p95Seconds: 125, maxSeconds: 300 },
    unserved: { cancelled: 2, timed_out: 1 },
  },
  returns: { count: 12, p50Seconds: 61.2, p95Seconds: 90, maxSeconds: 91, levels: {} },
  failures: { cleanings: 1, calls: 4, quarantines: 0, lostLeases: 5 },
};

/** A server with this history of its pool `lab`; gives a command line, and what was asked. */
async function withHistory(history: object) {
  const asked: string[] = [];
  const url = await serving(({ url: path = '' }, response) => {
    asked.push(path);
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(history));
  });
  const line = new CommandLine({ HOLDFAST_URL: url, HOLDFAST_TOKEN: 'hf_x' });
  return { line, asked };
}

const LAB = { pool: 'lab', now: STEP.until, step: 'day', isComplete: true, steps: [STEP] };

test('a day is a line with a bar', async () => {
  const { line, asked } = await withHistory(LAB);
  const { code, stdout, stderr } = await line.run('history', 'lab', '--days', '30');
  expect(asked).toEqual(['/v1/pools/lab/history?days=30']);
  expect([code, stderr]).toEqual([EXIT.done, '']);
  expect(stdout.split('\n')).toEqual([
    'DAY         USED              LOANS  WAIT  95 OF 100  UNSERVED  RETURN  FAILED  LOST',
    '2026-03-01  48 %  █████████▌     12  83ms      2m 5s         3   1m 1s       4     5',
    '',
  ]);
});

test('hours are told as such, and that the server is still counting', async () => {
  const { line, asked } = await withHistory({
    ...LAB,
    ...{ pool: null, step: 'hour', isComplete: false },
  });
  const { stdout, stderr } = await line.run('history', '--days', '1');
  expect(asked).toEqual(['/v1/history?days=1']);
  expect(stdout).toMatch(/^HOUR \(UTC\) .*\n2026-03-01 00:00 {2}48 %/);
  expect(stderr).toBe('The server is still counting what has ended: some of it is missing.\n');
});

test('programs get the answer as it is', async () => {
  const { line } = await withHistory(LAB);
  expect(JSON.parse((await line.run('history', '-o', 'json')).stdout)).toEqual(LAB);
  expect((await line.run('history', '--field', 'steps.0.use.share')).stdout).toBe('0.475\n');
});

test.each([
  [['history', '.'], 'The name cannot be ".".'],
  [['history', ''], 'The name is empty.'],
])('%j is refused without a call', async (words, why) => {
  const { line, asked } = await withHistory(LAB);
  const { code, stderr } = await line.run(...words);
  expect([code, stderr, asked]).toEqual([EXIT.usage, `holdfast: ${why}\n`, []]);
});
