import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  createReadStream,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Call, CredentialSecret, Driver } from '../../src/drivers/driver';
import { execDriver } from '../../src/drivers/exec';
import { endProcesses, MARKER } from '../../src/drivers/exec/processes';
import { CALL_NAMES, type CallName } from '../../src/drivers/messages';
import { callOf, newThing } from '../contracts/driver';
import { executingItself } from '../helpers/execve';
import { worstTexts } from '../helpers/worst-texts';
import { whenDone } from '../helpers/cleanups';
import { listed } from '../helpers/listed';
import { commandsOf, driverOf } from './exec.fixture';

const ROTATING: CallName[] = [
  ...(['provision', 'verify', 'clean', 'destroy', 'list', 'remove'] as const),
  ...(['checkCredential', 'issueCredential', 'retireCredential'] as const),
];

let folder: string;
let logged: string[];
let onLine: (line: string) => void;

beforeEach(() => {
  const made = mkdtempSync(join(tmpdir(), 'holdfast-exec-'));
  whenDone(() => rmSync(made, { recursive: true, force: true }));
  folder = made;
  logged = [];
  onLine = () => undefined;
});

/** A driver whose calls all run one program. */
function driverBy(argv: readonly string[], settings: Record<string, unknown> = {}): Driver {
  const driver = driverOf(
    folder,
    { commands: commandsOf(argv, ROTATING), cwd: folder, killGraceMs: 100, ...settings },
    {
      now: () => 0,
      log: (_fields, line) => {
        logged.push(line);
        onLine(line);
      },
    },
  );
  whenDone(() => driver.close());
  return driver;
}

const sh = (script: string, settings?: Record<string, unknown>) =>
  driverBy(['/bin/sh', '-c', script], settings);
const node = (script: string, settings?: Record<string, unknown>) =>
  driverBy([process.execPath, '-e', script], settings);

const thing = () => ({ ...newThing('account'), handle: 'h' });
const failure = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: { name: string; scope: string; message: string }) => error,
  );
/** Resolves with the next line of stderr that matches. */
const lineOf = (pattern: RegExp) =>
  new Promise<RegExpExecArray>((done) => {
    onLine = (line) => {
      const match = pattern.exec(line);
      if (match) done(match);
    };
  });

/** Does a process run, and is not merely waiting to be reaped? */
function runs(pid: number | string): boolean {
  try {
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Resolves once a process that was killed has ended: the kernel takes its time on a busy machine. */
async function untilGone(pid: number | string): Promise<void> {
  while (runs(pid)) await new Promise((resolve) => setImmediate(resolve));
}

test('a program is told which call of the API is behind its call', async () => {
  const driver = node(`
    const { requestId, traceparent } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
    process.stdout.write(JSON.stringify({ credential: { told: [requestId, traceparent].join() } }));`);
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const call = { ...callOf(), requestId: 'r1', traceparent };
  expect(await driver.issueCredential(thing(), null, call)).toEqual({ told: `r1,${traceparent}` });
});

describe('hostile texts', () => {
  const PER_CALL = 50;
  const CALLS = 100;

  const ECHO = `
    const call = JSON.parse(require('fs').readFileSync(0, 'utf8'));
    const { name, type } = call.target;
    const credential = { ...call.current, name, type, argc: process.argv.length,
      environment: Object.keys(process.env).sort().join() };
    process.stdout.write(JSON.stringify({ credential }));`;

  test('5,000 of them reach a program byte for byte, and none is run', async () => {
    const driver = node(ECHO, { outputKb: 65_536 });
    const texts = worstTexts(PER_CALL * CALLS);
    expect(texts).toHaveLength(5_000);
    for (let at = 0; at < texts.length; at += PER_CALL) {
      const [name = '', type = '', username = '', ...rest] = texts.slice(at, at + PER_CALL);
      const secret = Object.fromEntries(rest.map((text, index) => [`f${index}`, text]));
      const current: CredentialSecret = { username, ...secret };
      const answer = await driver.issueCredential({ ...thing(), name, type }, current, callOf());
      expect(answer).toEqual({
        ...current,
        ...{ name, type, argc: 1, environment: 'HOLDFAST_CALL,HOME,LANG,PATH,TZ' },
      });
    }
    expect(readdirSync(folder).filter((name) => !name.startsWith('exec.db'))).toEqual([]);
  }, 120_000);
});

describe('a program that misbehaves', () => {
  const provision = (driver: Driver, call: Call = callOf()) => driver.provision(thing(), call);

  test.each([
    ['exits with 1', 'exit 1', 'resource', /\/bin\/sh ended with status 1/],
    ['exits with 75', 'exit 75', 'backend', /status 75/],
    ['ends by a signal', 'kill -SEGV $$', 'resource', /was ended by SIGSEGV/],
    ['prints no JSON', 'echo hunter2', 'resource', /provision .*not one JSON object/],
    ['prints half of it', `printf '{"handle": "a'`, 'resource', /not one JSON object/],
    ['prints no UTF-8', `printf '{"handle": "\\377"}'`, 'resource', /not UTF-8/],
    ['prints nothing', ':', 'resource', /: handle: /],
    [
      'prints half a character',
      `printf '%s' '{"handle": "\\ud800"}'`,
      'resource',
      /handle: must be/,
    ],
    [
      'prints NUL',
      `printf '%s' '{"handle":"a","details":{"x":"\\u0000"}}'`,
      'resource',
      /details: must be/,
    ],
    ['prints a list', 'echo "[]"', 'resource', /not valid: the whole of it/],
    [
      'has a port like a text',
      `echo '{"handle":"a","details":{"port":"hunter2"}}'`,
      'resource',
      /details\.port/,
    ],
    [
      'has a field that is an object',
      `echo '{"handle":"a","details":{"hunter2":{}}}'`,
      'resource',
      /details: must be/,
    ],
    [
      'has a handle of two lines',
      `printf '%s' '{"handle":"a\\nhunter2"}'`,
      'resource',
      /handle: must be one line/,
    ],
  ])('%s: told, and nothing of its output is repeated', async (_how, script, scope, message) => {
    const error = await failure(provision(sh(script)));
    expect(error).toMatchObject({ name: 'DriverError', scope });
    expect(error?.message).toMatch(message);
    expect(error?.message).not.toContain('hunter2');
  });

  test.each([
    ['is missing', '/nowhere/program', /\/nowhere\/program cannot be started .*ENOENT/],
    ['is not executable', 'plain', /EACCES/],
  ])('%s: the back end is at fault', async (_how, name, message) => {
    const program = resolve(folder, name);
    if (!name.startsWith('/')) writeFileSync(program, '#!/bin/sh\n', { mode: 0o600 });
    const error = await failure(provision(driverBy([program])));
    expect(error).toMatchObject({ scope: 'backend', message: expect.stringMatching(message) });
  });

  test('prints 100 MB: it is ended', async () => {
    const driver = sh('echo $$ >&2; exec head -c 100000000 /dev/zero');
    const started = lineOf(/^(\d+)$/);
    const error = await failure(provision(driver));
    expect(error).toMatchObject({
      scope: 'resource',
      message: expect.stringContaining('1024 KiB'),
    });
    await untilGone((await started)[1]!);
  });

  test('never reads its input, however long: it may', async () => {
    const driver = sh(`exec 0<&-; echo '{"accepted": true}'`);
    const credential = { username: 'a', password: 'x'.repeat(5_000_000) };
    await expect(driver.checkCredential(thing(), credential, callOf())).resolves.toBe('accepted');
  });

  const stopped = async (driver: Driver) => {
    const cancel = new AbortController();
    const ready = lineOf(/^ready (\d+)$/);
    const failed = failure(provision(driver, callOf(undefined, 1, cancel.signal)));
    const [, pid = ''] = await ready;
    expect(runs(pid)).toBe(true);
    cancel.abort();
    return { pid, error: await failed };
  };

  test.each([
    ['closes stdout and lives on', 'exec >&-; echo ready $$ >&2; exec sleep 1000'],
    ['ignores SIGTERM', `trap '' TERM; echo ready $$ >&2; while :; do sleep 1000; done`],
    ['has answered and lives on', `echo '{"handle": "a"}'; echo ready $$ >&2; exec sleep 1000`],
    ['waits for a child', `sh -c 'echo ready $$ >&2; sleep 1000'; :`],
    ['has a child that left its group', `setsid sh -c 'echo ready $$ >&2; exec sleep 1000' & wait`],
  ])('%s: it is ended at the deadline', async (_how, script) => {
    const { pid, error } = await stopped(sh(script));
    expect(error).toMatchObject({ name: 'DriverError', scope: 'resource' });
    expect(error?.message).toMatch(/stopped at the deadline/);
    await untilGone(pid);
  });

  test('leaves a child that holds the pipes: the child is ended, the answer counts', async () => {
    const driver = sh(`sleep 1000 & echo $! >&2; echo '{"handle": "a"}'`);
    const started = lineOf(/^(\d+)$/);
    await expect(provision(driver)).resolves.toMatchObject({ handle: 'a' });
    await untilGone((await started)[1]!);
  });

  const DAEMON = `setsid sh -c 'echo $$ >&2; echo > there; exec sleep 1000' &
    until [ -e there ]; do :; done;`;

  test('starts a daemon: it lives on after a success, and the call does not wait', async () => {
    const started = lineOf(/^(\d+)$/);
    await expect(provision(sh(`${DAEMON} echo '{"handle": "a"}'`))).resolves.toMatchObject({});
    const [, pid = ''] = await started;
    expect(runs(pid)).toBe(true);
    process.kill(Number(pid), 'SIGKILL');
  });

  test('starts a daemon and fails: the daemon is ended', async () => {
    const started = lineOf(/^(\d+)$/);
    expect(await failure(provision(sh(`${DAEMON} exit 1`)))).toMatchObject({ scope: 'resource' });
    await untilGone((await started)[1]!);
  });

  test('is ended when the driver is closed', async () => {
    const driver = sh('echo ready $$ >&2; exec sleep 1000');
    const ready = lineOf(/^ready (\d+)$/);
    const failed = failure(provision(driver));
    const [, pid = ''] = await ready;
    await driver.close();
    expect(await failed).toMatchObject({ scope: 'backend' });
    await untilGone(pid);
  });
});

describe('a list', () => {
  test('comes in pieces, one a line', async () => {
    const one = `{"found": [{"handle": "a", "resourceId": "b", "operationId": "c"}]}`;
    const driver = sh(`echo '${one}'; echo; echo '{"found": []}'; printf '%s' '${one}'`);
    expect(await listed(driver, 'pool', callOf())).toEqual(
      [1, 2].map(() => ({ handle: 'a', resourceId: 'b', operationId: 'c' })),
    );
  });

  test.each([
    ['that is cut off', `echo '{"found": []}'; printf '{"fou'`],
    ['that fails at the end', `echo '{"found": []}'; exit 1`],
    ['without handles', `echo '{"found": [{"resourceId": "b"}]}'`],
  ])('%s is none', async (_how, script) => {
    const error = await failure(listed(sh(script), 'pool', callOf()));
    expect(error).toMatchObject({ name: 'DriverError', scope: 'resource' });
  });
});

describe('stderr', () => {
  const secret = 'p&ss wörd/+"1';
  const credential = { username: 'ada', password: secret };
  const check = (script: string, settings?: object) =>
    node(
      `const { password } = JSON.parse(require('fs').readFileSync(0, 'utf8')).credential ?? {};
       const out = (text) => require('fs').writeSync(2, text);
       ${script}
       console.log('{"accepted": true}')`,
      settings as Record<string, unknown>,
    ).checkCredential(thing(), credential, callOf());

  test.each([
    ['as it is', 'out(password)'],
    ['byte for byte', 'for (const byte of Buffer.from(password)) out(Buffer.from([byte]))'],
    ['as JSON', 'out(JSON.stringify({ password }))'],
    ['URL-encoded', 'out(encodeURIComponent(password))'],
    ['as a form', 'out(String(new URLSearchParams({ password })))'],
    ['in hex', 'out(Buffer.from(password).toString("hex"))'],
    ...[0, 1, 2].map((shift) => [
      `in base64 after ${shift} bytes`,
      `out(Buffer.from('x'.repeat(${shift}) + password + 'yyy').toString('base64'))`,
    ]),
    ['in base64url', 'out(Buffer.from(password).toString("base64url"))'],
  ])('is logged without a secret that is written %s', async (_how, script) => {
    await check(`out('before '); ${script}; out(' after')`);
    const line = logged.join('\n');
    expect(line).toMatch(/^before .*\[secret\].* after$/);
    for (const form of [
      secret,
      encodeURIComponent(secret),
      'wörd',
      Buffer.from('wörd').toString('hex'),
    ])
      expect(line).not.toContain(form);
    expect(Buffer.from(line.slice(7), 'base64').toString()).not.toContain('ss w');
  });

  test('of a call that gives a secret is logged without it', async () => {
    const driver = sh(
      `echo made hunter2hunter2 >&2; echo '{"credential": {"token": "hunter2hunter2"}}'`,
    );
    await driver.issueCredential(thing(), null, callOf());
    expect(logged).toEqual(['made [secret]']);
  });

  test('a reason is told without the secrets of the call', async () => {
    const driver = sh(`printf '%s' '{"ok": false, "reason": "bad\\npassword hunter2"}'`);
    await expect(
      driver.verify(thing(), { username: 'ada', password: 'hunter2' }, callOf()),
    ).resolves.toEqual({ ok: false, reason: 'bad password [secret]' });
  });

  test('is bounded in lines, length and rate, and forges no lines', async () => {
    await check(
      `out('\\u001b[2J' + 'a'.repeat(8000) + '\\r\\n' + 'b'.repeat(9000) + '\\n' + 'c\\n'.repeat(100000))`,
      { logLines: 5 },
    );
    expect(logged).toHaveLength(6);
    expect(logged[0]).toMatch(/^ \[2Ja+$/);
    expect(logged[0]).toHaveLength(2_000);
    expect(logged[1]).toBe('(a line of over 8192 characters)');
    expect(logged.at(-1)).toBe('(99997 more lines are not logged)');
  });
});

describe('an earlier attempt', () => {
  /** A shell function: does a process run, and is not merely waiting to be reaped? */
  const RUNS = `runs() { kill -0 $1 && ! grep -q '^State:.[XZ]' /proc/$1/status; };`;

  test('that still runs is ended before the next begins; the late one is refused', async () => {
    const driver = sh(
      `${RUNS} [ -e first ] && { runs $(cat first) && exit 3; echo '{"handle": "second"}'; exit; }
       echo $$ > first; echo ready $$ >&2; exec sleep 1000`,
    );
    const { operationId } = callOf();
    const target = thing();
    const ready = lineOf(/^ready/);
    const first = failure(driver.provision(target, callOf(operationId, 1)));
    await ready;
    await expect(driver.provision(target, callOf(operationId, 2))).resolves.toMatchObject({
      handle: 'second',
    });
    expect(await first).toMatchObject({ scope: 'resource' });
    const late = await failure(driver.provision(target, callOf(operationId, 1)));
    expect(late?.message).toMatch(/later call/);
  });

  /** A process that makes one call with the built driver, and what it prints first. */
  const server = async (then: string) => {
    const script = `
      const { execDriver } = require(${JSON.stringify(resolve(__dirname, '../../dist/src/drivers/exec'))});
      const { folder, commands, target, operationId } = JSON.parse(process.argv[1]);
      const settings = execDriver.settings.parse({ commands, cwd: folder });
      const log = (_fields, line) => { console.log(line); ${then} };
      const driver = execDriver.create(settings, { dataDir: folder, installation: 'here', log });
      const call = { operationId, attempt: 1, requestId: null, signal: new AbortController().signal };
      driver.provision(target, call).catch(() => {});`;
    const target = thing();
    const { operationId } = callOf();
    const hang = [
      '/bin/sh',
      '-c',
      `cat >/dev/null; exec 9<>held; setsid sh -c 'echo $$ >&2; exec sleep 1000' 9<&- & sleep 1000`,
    ];
    const commands = commandsOf(hang, ROTATING);
    const child = spawn(
      process.execPath,
      ['-e', script, JSON.stringify({ folder, commands, target, operationId })],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const pid = await new Promise<string>((done) =>
      child.stdout.once('data', (data: Buffer) => done(data.toString().trim())),
    );
    return {
      child,
      pid,
      target,
      operationId,
      ended: new Promise((done) => child.once('exit', done)),
    };
  };

  test('that a killed server left running is ended before the next begins', async () => {
    const { child, pid, target, operationId, ended } = await server('');
    child.kill('SIGKILL');
    await ended;
    expect(runs(pid)).toBe(true);
    const driver = sh(`${RUNS} runs ${pid} && exit 3; echo '{"handle": "second"}'`);
    await expect(driver.provision(target, callOf(operationId, 2))).resolves.toMatchObject({
      handle: 'second',
    });
    await untilGone(pid);
  });

  test('of a killed server is ended by the next call of any resource', async () => {
    const { child, pid, ended } = await server('');
    child.kill('SIGKILL');
    await ended;
    await sh(`echo '{"ok": true}'`).verify(thing(), null, callOf());
    await untilGone(pid);
  });

  test('is ended although it executes itself again and again', async () => {
    for (let times = 0; times < 10; times += 1) {
      const marker = `execve-${process.pid}-${times}`;
      const child = await executingItself(MARKER, marker);
      const exited = once(child, 'exit');
      await endProcesses({ marker, pid: null }, 0);
      // If it was overlooked, it goes on until the test runs into its limit.
      await exited;
    }
  });

  test('ends with a server that exits, with its group', async () => {
    // The group holds it open; its end is that of the last process.
    execFileSync('mkfifo', [join(folder, 'held')]);
    const held = createReadStream(join(folder, 'held')).resume();
    const { pid } = await server('process.exit(0);');
    await once(held, 'end');
    process.kill(Number(pid), 'SIGKILL');
  });
});

describe('settings', () => {
  const argv = ['/bin/true'];
  const problems = (settings: object) => {
    const { error } = execDriver.settings.safeParse(settings);
    return error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
  };
  const without = (...names: CallName[]) => ({
    commands: commandsOf(
      argv,
      CALL_NAMES.filter((name) => !names.includes(name)),
    ),
  });
  const ACCESS: CallName[] = ['openAccess', 'closeAccess'];
  const ROTATION: CallName[] = ['issueCredential', 'retireCredential'];
  const MAKING: CallName[] = ['provision', 'destroy', 'list', 'remove'];

  test.each<[string, object]>([
    ['commands.verify: is missing', without('verify', ...ACCESS)],
    ['commands.clean: is missing', without('clean', ...ACCESS)],
    ['commands.clean: is never called', { ...without(...ACCESS), leavesNothing: true }],
    ['commands.destroy: is missing: provision needs it', without('destroy', ...ACCESS)],
    ['commands.list: is missing', without('list', ...ACCESS)],
    ['commands.remove: is missing', without('remove', ...ACCESS)],
    ['commands.provision: is missing', without('provision', ...ACCESS)],
    ['commands.closeAccess: is missing: openAccess', without('closeAccess', ...ROTATION)],
    ['commands.openAccess: is missing', without('openAccess', ...ROTATION)],
    ['commands.checkCredential: is missing', without('checkCredential', ...ACCESS)],
    ['commands.retireCredential: is missing', without('retireCredential', ...ACCESS)],
    ['commands.issueCredential: is never called beside openAccess', without()],
    ['replaces: needs', { ...without(...ACCESS, ...MAKING), replaces: true }],
    ['accessByKey: needs', { ...without(...ACCESS), accessByKey: true }],
    ['commands.verify.0: must be an absolute path', { commands: { verify: ['true'] } }],
    ['commands.verify.1: must not contain NUL', { commands: { verify: ['/bin/true', 'a\0'] } }],
    ['env.HOLDFAST_CALL', { ...without(...ACCESS), env: { HOLDFAST_CALL: 'x' } }],
    ['env.A=B', { ...without(...ACCESS), env: { 'A=B': 'x' } }],
  ])('are refused: %s', (start, settings) => {
    expect(problems(settings).filter((problem) => problem.startsWith(start))).not.toEqual([]);
  });

  test.each<[string, CallName[], object]>([
    [
      'are static without making',
      [...ACCESS, ...ROTATION, ...MAKING],
      { staticCredential: true, provisions: false },
    ],
    ['rotate', ACCESS, { staticCredential: true, provisions: true, rotates: true }],
    ['open access', ROTATION, { staticCredential: false, opensAccess: true, rotates: false }],
    [
      'have no credential',
      [...ACCESS, ...ROTATION, 'checkCredential'],
      { staticCredential: false, opensAccess: false },
    ],
  ])('follow from the commands: resources %s', (_what, missing, capabilities) => {
    const settings = execDriver.settings.parse(without(...missing));
    expect(execDriver.capabilities(settings)).toMatchObject(capabilities);
  });

  test('an imported resource is adopted under its id, and forgotten, without a program', async () => {
    const driver = driverOf(folder, without(...ACCESS, ...ROTATION, ...MAKING));
    whenDone(() => driver.close());
    const target = newThing('account');
    await expect(driver.provision(target, callOf())).resolves.toEqual({
      handle: target.resourceId,
      details: {},
    });
    await driver.destroy(target, callOf());
    expect(await listed(driver, 'pool', callOf())).toEqual([]);
  });
});
