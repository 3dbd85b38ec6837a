import { execFileSync } from 'node:child_process';
import { parseEnv } from 'node:util';
import type { HeldResource, Waiting } from '../../../src/client';
import {
  extensionNow,
  graceWithin,
  guardWithin,
  marginFor,
  strictestOf,
} from '../../../src/cli/loans/deadlines';
import { assignmentLines, childEnvironment, variablesOf } from '../../../src/cli/loans/environment';
import { fullItem, poolItem } from '../../../src/cli/loans/items';
import { loginOf } from '../../../src/cli/loans/ssh-login';
import { Progress } from '../../../src/cli/loans/progress';

describe('deadlines', () => {
  test.each<[grace: number, silence: number, lease: number | null]>([
    [10_000, 60_000, null],
    [10_000, 60_000, 1_800_000],
    [10_000, 5_000, null],
    [0, 60_000, 60_000],
    [60_000, 60_000, 3_000],
    [2_000, 1_000, 1_000],
  ])(
    'grace %d, silence %d, lease %s: SIGKILL comes before the guard, and both in time',
    (...terms) => {
      const margin = marginFor(...terms);
      const killed = graceWithin(margin, 'overdue');
      const guarded = guardWithin(margin, margin);
      expect(margin).toBeLessThanOrEqual(Math.min(terms[1], terms[2] ?? Infinity) / 3);
      expect(killed).toBeLessThanOrEqual(Math.max(terms[0], margin / 2));
      expect(killed).toBeLessThan(guarded);
      expect(guarded).toBeLessThan(margin);
    },
  );

  test('the whole grace fits into the usual heartbeat', () => {
    expect(graceWithin(marginFor(10_000, 60_000, null), 'overdue')).toBe(10_000);
  });

  test('a loan that the server has ended leaves no grace', () => {
    expect(graceWithin(11_000, 'ended')).toBe(0);
  });

  test('the strictest pool counts', () => {
    const pools = [
      { default: 600, maximum: null, heartbeat: 30 },
      { default: null, maximum: 3600, heartbeat: null },
    ];
    expect(strictestOf(pools, null)).toEqual({
      silence: 30_000,
      lease: 600_000,
      maximum: 3_600_000,
    });
    expect(strictestOf([], 5_000)).toEqual({ silence: 60_000, lease: 5_000, maximum: null });
  });

  test('a lease is extended in its last quarter, and never beyond the maximum', () => {
    const at = (left: number, maximum: number | null = null) =>
      extensionNow({ left, lasted: 100_000 - left, margin: 1_000 }, 60_000, maximum);
    expect(at(16_000)).toBe(0);
    expect(at(14_000)).toBe(60_000);
    expect(at(14_000, 130_500)).toBe(30_000);
    expect(at(14_000, 100_000)).toBe(0);
  });
});

const held = (pool: string, credentials: Record<string, string | number>): HeldResource =>
  ({ id: 'r', name: 'n', pool, details: { host: 'h' }, credentials }) as unknown as HeldResource;

describe('variables', () => {
  test('pools are spelled in capitals and count on, and so do fields', () => {
    const resources = [
      held('my-pool', { userName: 'a', user_name: 'b' }),
      held('my_pool', { apiKey: 'k' }),
      held('3d', { port: 22, host: 'better' }),
    ];
    expect(variablesOf({ id: 'loan', resources }, 'http://x')).toMatchObject({
      HOLDFAST_LOAN: 'loan',
      HOLDFAST_URL: 'http://x',
      HOLDFAST_MY_POOL_1_USER_NAME: 'a',
      HOLDFAST_MY_POOL_1_USER_NAME_2: 'b',
      HOLDFAST_MY_POOL_1_POOL: 'my-pool',
      HOLDFAST_MY_POOL_2_API_KEY: 'k',
      HOLDFAST_MY_POOL_2_POOL: 'my_pool',
      HOLDFAST_3D_1_PORT: '22',
      HOLDFAST_3D_1_HOST: 'better',
    });
  });

  const WORST = {
    A: `it's "$HOME" \`id\` \\ #!`,
    B: 'two\nlines',
    C: '',
    D: 'plain/x@y.z:1',
    E: ' é ',
  };

  test('a shell reads the lines as they are meant', () => {
    const script = `${assignmentLines(WORST)}printf '%s\\0' "$A" "$B" "$C" "$D" "$E"`;
    const read = execFileSync('sh', ['-c', script], { encoding: 'utf8' });
    expect(read.split('\0').slice(0, -1)).toEqual(Object.values(WORST));
  });

  test('and so does a reader of .env files, but for a quote within', () => {
    const { A: _quoted, ...rest } = WORST;
    expect({ ...parseEnv(assignmentLines(rest)) }).toEqual(rest);
  });

  test('secrets of the caller stay with us', () => {
    const env = { HOLDFAST_TOKEN: 't', HOLDFAST_PASSWORD: 'p', PATH: '/bin' };
    expect(childEnvironment(env, { X: '1' }, false)).toEqual({ PATH: '/bin', X: '1' });
    expect(childEnvironment(env, {}, true)).toEqual(env);
  });

  test('a prefix begins a name', () => {
    expect(() => variablesOf({ id: 'l', resources: [] }, 'u', '1;')).toThrow('--prefix');
  });
});

test.each([
  ['host', 'host-1.example.org', true],
  ['host', '2001:db8::1', true],
  ['host', '-oProxyCommand=id', false],
  ['host', '$(id)', false],
  ['host', 'a`id`', false],
  ['host', 'a;id', false],
  ['username', 'lab-1_x.y', true],
  ['username', "a'b", false],
  ['username', 'a|id', false],
  ['username', '-oProxyCommand=id', false],
  ['username', 'a\nb', false],
])('a login over SSH whose %s is %j: %p', (field, value, isTaken) => {
  const details = { host: 'h', username: 'u', hostKey: 'ssh-ed25519 AAAA', [field]: value };
  const loan = { id: 'r', status: 'active', resources: [{ name: 'n', details, credentials: {} }] };
  const login = () => loginOf(loan as never, undefined);
  if (isTaken) expect(login()).toMatchObject({ [field]: value });
  else expect(login).toThrow('no login over SSH');
});

test('a host key is one line of known_hosts', () => {
  const details = { host: 'h', username: 'u', hostKey: 'ssh-ed25519 AAAA\n* ssh-rsa BBBB' };
  const loan = { id: 'r', status: 'active', resources: [{ name: 'n', details, credentials: {} }] };
  expect(loginOf(loan as never, undefined).hostKey).toBe('ssh-ed25519 AAAA * ssh-rsa BBBB');
});

test('items are read as they are written', () => {
  expect(poolItem('lab')).toEqual({ pool: 'lab' });
  expect(poolItem('lab:2')).toEqual({ pool: 'lab', count: 2 });
  expect(fullItem('kind=account,type=free,count=2,labels.zone=a=b,pools=x|y')).toEqual({
    ...{ kind: 'account', type: 'free', count: 2 },
    ...{ labels: { zone: 'a=b' }, pools: ['x', 'y'] },
  });
  for (const wrong of ['lab:x', ':2', 'lab:0']) expect(() => poolItem(wrong)).toThrow('--pool');
  for (const wrong of ['', 'kind', 'count=-1,pool=x'])
    expect(() => fullItem(wrong)).toThrow('--item');
});

describe('progress', () => {
  const waiting = (position: number, sentence = 'All are lent.'): Waiting => ({
    ...{ id: 'i', status: 'queued', position, positionIsExact: true, because: [], sentence },
    estimate: new Date(60_000),
  });
  const onScreen = (screen: { isTTY?: boolean; columns?: number }) => {
    let written = '';
    const write = (text: string) => (written += text);
    const progress = new Progress({ ...screen, write }, () => 0);
    return { progress, text: () => written };
  };

  test('a pipe gets a line for each change', () => {
    const { progress, text } = onScreen({});
    for (const position of [2, 2, 1]) progress.show(waiting(position));
    progress.clear();
    expect(text()).toBe(
      'Waiting, place 2, at 1970-01-01T00:01:00.000Z at the earliest: All are lent.\n' +
        'Waiting, place 1, at 1970-01-01T00:01:00.000Z at the earliest: All are lent.\n',
    );
  });

  test('the sentence of the server is shown, on a terminal with its instants as of now', () => {
    const sentence = 'item 1: 1 is lent (back at 1970-01-01T00:02:00.000Z), 2 requests are ahead';
    const [piped, shown] = [onScreen({}), onScreen({ isTTY: true, columns: 120 })];
    for (const { progress } of [piped, shown]) {
      progress.show(waiting(1, sentence));
      progress.show(waiting(1, sentence.replace('02:00', '01:00')));
    }
    shown.progress.clear();
    expect(piped.text()).toContain(` at the earliest: ${sentence}\nWaiting, place 1: item 1: 1 is`);
    expect(shown.text()).toContain(
      'in 1m at the earliest: item 1: 1 is lent (back in 2m), 2 requests are ahead',
    );
    expect(shown.text()).toContain('Waiting, place 1: item 1: 1 is lent (back in 1m), 2 requests');
  });

  test('a terminal has one line, as wide as it is, without control characters of others', () => {
    const { progress, text } = onScreen({ isTTY: true, columns: 50 });
    progress.show(waiting(2, 'Bell\u0007\u001b[31mred 日本語日本語'));
    expect(text()).toBe('\r\u001b[KWaiting, place 2, in 1m at the earliest: Bell re…');
    progress.clear();
    expect(text().endsWith('\r\u001b[K')).toBe(true);
  });
});
