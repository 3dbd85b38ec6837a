import { execFileSync } from 'node:child_process';
import { EXIT } from '../../../src/cli/exit-codes';
import { Lab } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
});
afterEach(async () => {
  const live = await lab.live();
  await Promise.all(live.map((id) => lab.admin.reservations.delete(id)));
  expect(live).toEqual([]);
});

const reserve = (...words: string[]) => lab.run(['reserve', '--pool', 'lab', ...words]);

test('reserve prints the loan; extend moves its end, and release gives it back', async () => {
  const { code, stdout } = await reserve('--for', '5m', '-o', 'json');
  expect(code).toBe(0);
  const loan = JSON.parse(stdout);
  expect(loan).toMatchObject({ status: 'active', resources: [{ credentials: expect.anything() }] });
  const extended = await lab.run(['extend', loan.id, '2m', '--field', 'endsAt']);
  expect(Date.parse(extended.stdout.trim())).toBe(Date.parse(loan.endsAt) + 120_000);
  expect(await lab.run(['release', loan.id])).toMatchObject({
    code: 0,
    stdout: '',
    stderr: 'Released 1 of 1.\n',
  });
});

test('a reason for giving back stands in the events', async () => {
  const id = (await reserve('-o', 'name')).stdout.trim();
  await lab.run(['release', id, '--reason', 'left over from Friday']);
  const [ended] = await lab.admin.events.list({ reservation: id, type: 'reservation.ended' }).all();
  expect(ended!.data).toMatchObject({ reason: 'released', detail: 'left over from Friday' });
});

test('-o env is for a shell, which reads just the values of the API', async () => {
  const { stdout } = await reserve('-o', 'env', '--prefix', 'CI_');
  const [id] = await lab.live();
  const { resources } = await lab.admin.reservations.get(id!);
  const { password } = resources[0]!.credentials!;
  const read = execFileSync('sh', [
    '-c',
    'eval "$1"; printf %s "$CI_LAB_1_PASSWORD $HOLDFAST_LOAN"',
    '',
    stdout,
  ]);
  expect(String(read)).toBe(`${password} ${id}`);
  expect((await lab.run(['release', '--all'])).stderr).toBe('Released 1 of 1.\n');
});

test('the same --key makes one request', async () => {
  const first = await reserve('--key', 'build-7', '-o', 'name');
  expect((await reserve('--key', 'build-7', '-o', 'name')).stdout).toBe(first.stdout);
  await lab.run(['release', first.stdout.trim()]);
});

test('wait says in time that a request is served, or that its time is over', async () => {
  const held = (await lab.run(['reserve', '--pool', 'lab:2', '-o', 'name'])).stdout.trim();
  const { id } = await lab.admin.reservations.create({ items: [{ pool: 'lab' }] });
  expect(await lab.run(['wait', id, '--wait', '100ms'])).toMatchObject({ code: EXIT.timedOut });
  const waiting = lab.start(['wait', id, '-o', 'name']);
  await waiting.told(/^Waiting, place 1/);
  await lab.admin.reservations.delete(held);
  expect(await waiting.ended).toMatchObject({ code: 0, stdout: `${id}\n` });
  await lab.admin.reservations.delete(id);
  expect(await lab.run(['wait', id])).toMatchObject({ code: EXIT.lost });
});

test('reserve tells nothing free, refused and unknown apart, and leaves no request', async () => {
  const held = (await lab.run(['reserve', '--pool', 'lab:2', '-o', 'name'])).stdout.trim();
  expect(await reserve('--wait', '0s')).toMatchObject({ code: EXIT.timedOut, stdout: '' });
  const late = await reserve('--wait', '1s');
  expect(late).toMatchObject({ code: EXIT.timedOut, stdout: '' });
  expect(late.stderr).toMatch(/\nholdfast: The time to wait is over, and the request with it\.\n$/);
  const waiting = lab.start(['reserve', '--pool', 'lab']);
  await waiting.told(/^Waiting/);
  waiting.child.kill('SIGTERM');
  expect(await waiting.ended).toMatchObject({ code: 143, stdout: '' });
  await lab.run(['release', held]);
  const refused = await lab.run(['reserve', '--pool', 'lab:9']);
  expect(refused).toMatchObject({ code: EXIT.refused, stdout: '' });
  expect(await lab.run(['reserve', '--item', 'pool=none'])).toMatchObject({ code: EXIT.missing });
});

test.each([
  [['release']],
  [['release', 'x', '--all']],
  [['extend', 'x', 'soon']],
  [['reserve', '--item', 'colour=red']],
  [['reserve', '--pool', 'lab:0']],
  [['reserve']],
])('%j is wrong usage', async (words) => {
  const { code, stdout, stderr } = await lab.run(words);
  expect({ code, stdout }).toEqual({ code: EXIT.usage, stdout: '' });
  expect(stderr).toMatch(/^(holdfast|error): [^\n]*\n$/);
});

test.each(['release', 'extend', 'wait', 'ssh'])('%s knows no such loan', async (name) => {
  const words = name === 'extend' ? [name, 'none', '1m'] : [name, 'none'];
  expect(await lab.run(words)).toMatchObject({ code: EXIT.missing });
});

test('a loan without a login over SSH is refused by ssh', async () => {
  const id = (await reserve('-o', 'name')).stdout.trim();
  expect(await lab.run(['ssh', id])).toMatchObject({ code: EXIT.missing });
  await lab.run(['release', id]);
});
