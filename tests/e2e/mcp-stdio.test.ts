import { once } from 'node:events';
import { join } from 'node:path';
import { existsSync, readFileSync, watch } from 'node:fs';
import type { Event } from '../../src/client';
import { isAlive, Lab } from './loans/lab';
import { temporaryDirectory } from '../helpers/engine';
import { StdioAgent, type Loan } from '../mcp/agent';

const POOLS = `pools:
  - { name: lab, kind: account, driver: simulated, size: 2 }
  - { name: strict, kind: account, driver: simulated, size: 1,
      lease: { default: 1h, heartbeat: 2s, grace: 0s } }
`;

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start(POOLS);
});
afterEach(async () => {
  const live = await lab.live();
  await Promise.all(live.map((id) => lab.admin.reservations.delete(id)));
});

/** Resolves with the event by which a reservation ends, the first that fits. */
async function ended(isIt: (event: Event) => boolean): Promise<Event> {
  const since = new Date(0).toISOString();
  for await (const event of lab.admin.events.follow({ since }))
    if (event.type === 'reservation.ended' && isIt(event)) return event;
  throw new Error('The stream of events has ended.');
}

/** Resolves with the text of a file once it is there. */
async function written(path: string): Promise<string> {
  const watcher = watch(join(path, '..'));
  try {
    while (!existsSync(path) || readFileSync(path, 'utf8') === '') await once(watcher, 'change');
    return readFileSync(path, 'utf8');
  } finally {
    watcher.close();
  }
}

test('an agent lists the tools, borrows, runs a command, extends and releases', async () => {
  const { agent } = await StdioAgent.start(lab);
  const { tools } = await agent.client.listTools();
  expect(tools.map(({ name }) => name)).toEqual([
    'list_pools',
    'borrow',
    'wait',
    'extend',
    'release',
    'my_loans',
    'run_in_loan',
  ]);
  for (const { description, inputSchema, outputSchema, annotations } of tools) {
    expect(description).toMatch(/\.$/);
    expect([inputSchema.type, outputSchema?.type]).toEqual(['object', 'object']);
    expect(Object.keys(annotations!)).toHaveLength(4);
  }
  const { pools } = await agent.call<{ pools: object[] }>('list_pools');
  const maximumSeconds = expect.any(Number) as number;
  expect(pools).toMatchObject([
    { name: 'lab', kind: 'account', types: ['default'] },
    { name: 'strict', maximumSeconds },
  ]);
  const loan = await agent.borrow();
  expect(loan).toMatchObject({ status: 'active', lost: null, secretsShown: false });
  const ran = await agent.call<{ stdout: string }>('run_in_loan', {
    id: loan.id,
    command: ['sh', '-c', 'cat; echo "$HOLDFAST_LAB_1_USERNAME at $HOLDFAST_LOAN"; exit 3'],
    input: 'hello\n',
  });
  const username = loan.resources[0]!.credentials!.username;
  expect(ran).toEqual({
    exitCode: 3,
    endedBecause: 'itself',
    stdout: `hello\n${username} at ${loan.id}\n`,
    stderr: '',
    truncated: false,
  });
  const later = await agent.call<Loan>('extend', { id: loan.id, by: '10m' });
  expect(Date.parse(later.endsAt) - Date.parse(loan.endsAt)).toBe(600_000);
  expect(await agent.call('my_loans')).toEqual({ loans: [later] });
  expect(await agent.call('release', { id: loan.id })).toEqual({ id: loan.id, status: 'ended' });
  expect(await agent.call('my_loans')).toEqual({ loans: [] });
  expect(await lab.live()).toEqual([]);
});

test('one that has to wait hears its place, goes on waiting, and is served', async () => {
  const { agent } = await StdioAgent.start(lab);
  const both = await agent.borrow({ items: [{ pool: 'lab', count: 2 }] });
  const places: string[] = [];
  const answer = await agent.ask(
    'borrow',
    { items: [{ pool: 'lab' }], wait: '1s' },
    ({ message }) => places.push(message ?? ''),
  );
  const queued = answer.structuredContent as unknown as Loan;
  expect(queued).toMatchObject({ status: 'queued', position: 1, resources: [] });
  expect(places[0]).toMatch(/^Place 1 in the queue\. .+/);
  expect(await agent.refused('extend', { id: queued.id, by: '1m' })).toBe('conflict');
  const waiting = agent.call<Loan>('wait', { id: queued.id });
  await agent.call('release', { id: both.id });
  expect(await waiting).toMatchObject({ id: queued.id, status: 'active', position: null });
});

test('one whose call to borrow is cancelled leaves nothing requested', async () => {
  const { agent } = await StdioAgent.start(lab);
  await agent.borrow({ items: [{ pool: 'lab', count: 2 }] });
  const given = new AbortController();
  const call = agent.client.callTool(
    { name: 'borrow', arguments: { items: [{ pool: 'lab' }], note: 'given up' } },
    { signal: given.signal, onprogress: () => given.abort() },
  );
  await expect(call).rejects.toThrow();
  await ended(({ data }) => data.reason === 'cancelled');
  expect(await lab.live()).toHaveLength(1);
});

describe('without the scope secrets', () => {
  test('no answer and no message holds a password, and commands have them all the same', async () => {
    const { agent, stderr } = await StdioAgent.start(lab);
    const loan = await agent.borrow({ items: [{ pool: 'lab', count: 2 }] });
    const held = (await lab.admin.reservations.get(loan.id)).resources;
    const passwords = held.map(({ credentials }) => String(credentials!.password));
    expect(passwords).toHaveLength(2);
    await agent.call('wait', { id: loan.id });
    await agent.call('extend', { id: loan.id, by: '1m' });
    await agent.call('my_loans');
    const script =
      'env; env >&2; printf %s "$HOLDFAST_LAB_1_PASSWORD" | base64; ' +
      'test "${#HOLDFAST_LAB_2_PASSWORD}" -gt 5 && echo has one';
    const { stdout, stderr: errors } = await agent.call<{ stdout: string; stderr: string }>(
      'run_in_loan',
      { id: loan.id, command: ['sh', '-c', script] },
    );
    expect(stdout).toContain('HOLDFAST_LAB_1_PASSWORD=***');
    expect(errors).toContain('HOLDFAST_LAB_2_PASSWORD=***');
    expect(stdout).toContain('has one');
    expect(stdout).not.toContain('HOLDFAST_TOKEN');
    await agent.refused('run_in_loan', { id: loan.id, command: ['/nowhere', ...passwords] });
    const everything = agent.heard(stderr());
    for (const password of passwords) {
      expect(everything).not.toContain(password);
      expect(everything).not.toContain(Buffer.from(password).toString('base64'));
    }
    expect(everything).toContain(held[0]!.credentials!.username);
  });

  test('with it, the agent is shown them, but not in the output of commands', async () => {
    const { agent } = await StdioAgent.start(lab, ['read', 'reserve', 'secrets']);
    const loan = await agent.borrow();
    expect(loan.secretsShown).toBe(true);
    const { password } = loan.resources[0]!.credentials!;
    expect(password).toMatch(/.{6,}/);
    const { stdout } = await agent.call<{ stdout: string }>('run_in_loan', {
      id: loan.id,
      command: ['sh', '-c', 'echo $HOLDFAST_LAB_1_PASSWORD'],
    });
    expect(stdout).toBe('***\n');
  });
});

describe('a command', () => {
  const long = (file: string) => [
    'sh',
    '-c',
    `echo $$ > ${file}.new; mv ${file}.new ${file}; sleep 600`,
  ];

  test('ends at its timeout', async () => {
    const { agent } = await StdioAgent.start(lab);
    const { id } = await agent.borrow();
    const ran = await agent.call('run_in_loan', {
      id,
      command: ['sleep', '600'],
      timeout: '100ms',
    });
    expect(ran).toMatchObject({ endedBecause: 'timeout', exitCode: 143 });
  });

  test.each([
    ['lost', 'loan_lost', (id: string) => lab.admin.reservations.delete(id)],
    [
      'released',
      'cancelled',
      (id: string, agent: StdioAgent) => agent.agent.call('release', { id }),
    ],
  ])('ends when its loan is %s', async (_how, endedBecause, end) => {
    const started = await StdioAgent.start(lab);
    const { id } = await started.agent.borrow();
    const file = join(temporaryDirectory(), 'pid');
    const running = started.agent.call('run_in_loan', { id, command: long(file) });
    const pid = Number(await written(file));
    await end(id, started);
    expect(await running).toMatchObject({ endedBecause });
    expect(isAlive(pid)).toBe(false);
  });

  test('that ignores SIGTERM is dead before its loan is given back', async () => {
    const { agent } = await StdioAgent.start(lab);
    const { id } = await agent.borrow();
    const file = join(temporaryDirectory(), 'pid');
    const script = `trap '' TERM; echo $$ > ${file}.new; mv ${file}.new ${file}; sleep 600 & wait; wait`;
    const running = agent.call('run_in_loan', { id, command: ['sh', '-c', script] });
    const pid = Number(await written(file));
    await agent.call('release', { id });
    expect(isAlive(pid)).toBe(false);
    expect(await running).toMatchObject({ endedBecause: 'cancelled', exitCode: 137 });
  });

  test('writes as much as it likes, and the agent reads the end', async () => {
    const { agent } = await StdioAgent.start(lab);
    const { id } = await agent.borrow();
    const command = ['sh', '-c', 'yes line | head -n 200000; echo the end'];
    const ran = await agent.call<{ stdout: string }>('run_in_loan', { id, command });
    expect(ran).toMatchObject({ exitCode: 0, truncated: true });
    expect(ran.stdout.length).toBeLessThanOrEqual(65_536);
    expect(ran.stdout.endsWith('line\nthe end\n')).toBe(true);
  });

  test('is not offered with --no-run', async () => {
    const { agent } = await StdioAgent.start(lab, ['read', 'reserve'], ['--no-run']);
    const { tools } = await agent.client.listTools();
    expect(tools.map(({ name }) => name)).not.toContain('run_in_loan');
  });
});

describe('a session that ends leaves no loan:', () => {
  test('stdin is closed', async () => {
    const { agent, transport } = await StdioAgent.start(lab);
    await agent.borrow({ items: [{ pool: 'lab', count: 2 }] });
    await agent.ask('borrow', { items: [{ pool: 'lab' }], wait: '0s' });
    expect(await lab.live()).toHaveLength(2);
    await transport.close();
    expect(await lab.live()).toEqual([]);
  });

  test('a signal comes', async () => {
    const { agent, pid, transport } = await StdioAgent.start(lab);
    await agent.borrow();
    const closed = new Promise<void>((resolve) => (agent.client.onclose = resolve));
    process.kill(pid, 'SIGTERM');
    await closed;
    await transport.close();
    expect(await lab.live()).toEqual([]);
  });

  test('it is killed: the server takes the loan back, and a command of it ends', async () => {
    const { agent, pid } = await StdioAgent.start(lab);
    const { id } = await agent.borrow({ items: [{ pool: 'strict' }] });
    const file = join(temporaryDirectory(), 'pid');
    const running = agent.ask('run_in_loan', {
      id,
      command: ['sh', '-c', `echo $$ > ${file}.new; mv ${file}.new ${file}; sleep 600`],
    });
    running.catch(() => undefined);
    const child = Number(await written(file));
    process.kill(pid, 'SIGKILL');
    await ended(({ reservation }) => reservation === id);
    expect(await lab.live()).toEqual([]);
    expect(isAlive(child)).toBe(false);
  });
});

test('a client of the version without sessions borrows, and its end gives back', async () => {
  const { agent, transport } = await StdioAgent.start(lab, ['read', 'reserve'], [], {
    versionNegotiation: { mode: { pin: '2026-07-28' } },
  });
  const loan = await agent.borrow();
  expect(await agent.call('my_loans')).toEqual({ loans: [loan] });
  expect(await lab.live()).toEqual([loan.id]);
  await transport.close();
  expect(await lab.live()).toEqual([]);
});

test('without a token it ends at once and says why', async () => {
  const { code, stdout, stderr } = await lab.run(['mcp'], { env: { HOLDFAST_TOKEN: '' } });
  expect({ code, stdout }).toEqual({ code: 77, stdout: '' });
  expect(stderr).toMatch(/There is no token for .*holdfast login/);
});

test('a session knows its own loans only', async () => {
  const [one, other] = await Promise.all([StdioAgent.start(lab), StdioAgent.start(lab)]);
  const { id } = await one.agent.borrow();
  for (const name of ['wait', 'release'])
    expect(await other.agent.refused(name, { id })).toBe('not_found');
  expect(await other.agent.call('my_loans')).toEqual({ loans: [] });
});

test('a token that may not borrow is refused with the reason', async () => {
  const { agent } = await StdioAgent.start(lab, ['read']);
  const { content } = await agent.ask('borrow', { items: [{ pool: 'lab' }] });
  expect(content[0]!.text).toBe('forbidden: The token lacks the scope reserve.');
});
