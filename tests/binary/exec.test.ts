import { EXIT } from '../../src/cli/exit-codes';
import { Lab } from '../e2e/loans/lab';
import { BINARY } from './support/binary';

const POOLS = `
pools:
  - { name: lab, kind: account, driver: simulated, size: 1 }
  - { name: brief, kind: account, driver: simulated, size: 1, lease: { default: 1h, heartbeat: 6s } }`;

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start(POOLS, [BINARY]);
});
beforeEach(async () => {
  for (const pool of ['lab', 'brief']) {
    const isFree = async () => (await lab.admin.pools.get(pool)).counts.available === 1;
    await lab.server.until(`the only account of ${pool} is free`, isFree);
  }
});

const sh = (script: string, pool = 'lab') => [
  'exec',
  '--pool',
  pool,
  '--for',
  '30m',
  '--',
  'sh',
  '-c',
  script,
];

test('the command has the credentials, its exit code passes, and the loan is back', async () => {
  const running = lab.start(sh('env; echo ready; read -r line; exit 7'));
  await running.wrote(/^ready$/m);
  const [id] = await lab.live();
  const { resources } = await lab.admin.reservations.get(id!);
  running.child.stdin!.end('on\n');
  const { code, stdout, stderr } = await running.ended;
  expect({ code, stderr }).toEqual({ code: 7, stderr: '' });
  expect(stdout).toContain(`HOLDFAST_LOAN=${id}\n`);
  const credentials = Object.entries(resources[0]!.credentials!);
  expect(credentials.map(([name]) => name)).toContain('password');
  for (const [name, value] of credentials)
    expect(stdout).toContain(`HOLDFAST_LAB_1_${name.toUpperCase()}=${value}\n`);
  expect(stdout).not.toContain('HOLDFAST_TOKEN');
  expect(await lab.live()).toEqual([]);
  expect(await lab.admin.reservations.get(id!)).toMatchObject({ endReason: 'released' });
});

test('SIGTERM reaches the command, which decides what becomes of it', async () => {
  const script = `trap 'echo caught; exit 5' TERM; echo ready; while :; do sleep 0.1; done`;
  const running = lab.start(sh(script));
  await running.wrote(/ready/);
  running.child.kill('SIGTERM');
  expect(await running.ended).toMatchObject({ code: 5, stdout: 'ready\ncaught\n' });
  expect(await lab.live()).toEqual([]);
});

test('a command whose server stands still is dead before its thing could be lent again', async () => {
  const running = lab.start(sh('trap : TERM; while :; do date +%s%3N; sleep 0.05; done', 'brief'));
  await running.wrote(/^\d+\n/);
  const [id] = await lab.live();
  const { server } = lab;
  server.signal('SIGSTOP');
  const { code, stdout, stderr } = await running.ended;
  // The server is asked by its database, as it cannot answer.
  const { status, heartbeatBy } = (await server.store.read.reservation(id!))!;
  server.signal('SIGCONT');
  expect({ code, status }).toEqual({ code: EXIT.lost, status: 'active' });
  expect(stderr).toMatch(/^holdfast: The loan is lost, and the command is ended: /);
  expect(Number(stdout.trim().split('\n').at(-1))).toBeLessThan(heartbeatBy!);
  await server.until('the loan is over', async () => (await lab.live()).length === 0);
});
