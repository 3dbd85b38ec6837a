import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { systemRandom } from '../../src/crypto/random';
import type { CredentialSecret, Driver, DriverEnv, Target } from '../../src/drivers/driver';
import { execDriver } from '../../src/drivers/exec';
import { CALL_NAMES, type CallName } from '../../src/drivers/messages';
import type { DriverFixture, DriverUnderTest } from '../contracts/driver';

const ROOT = resolve(__dirname, '../..');
const THINGS = join(__dirname, 'programs/things.cjs');

/** The same program for each of these calls. */
export function commandsOf(
  argv: readonly string[],
  calls: readonly CallName[] = CALL_NAMES,
): Partial<Record<CallName, readonly string[]>> {
  return Object.fromEntries(calls.map((name) => [name, argv]));
}

/** A driver with these settings, in a data directory. */
export function driverOf(
  dataDir: string,
  settings: Record<string, unknown>,
  env: Partial<DriverEnv> = {},
): Driver {
  return execDriver.create(execDriver.settings.parse(settings), {
    dataDir,
    installation: 'here',
    variables: {},
    random: systemRandom,
    ...env,
  });
}

interface Shape {
  name: string;
  kind: Target['kind'];
  settings: (folder: string) => Record<string, unknown>;
  /** Prepares the back end in the folder of a test. */
  prepare?: (folder: string) => void;
}

export const MAKING: CallName[] = ['provision', 'verify', 'clean', 'destroy', 'list', 'remove'];
export const ROTATING: CallName[] = [
  ...MAKING,
  'checkCredential',
  'issueCredential',
  'retireCredential',
];
const OPENING: CallName[] = [...MAKING, 'checkCredential', 'openAccess', 'closeAccess'];

const program = (calls: CallName[], settings: object) => (folder: string) => ({
  commands: commandsOf([process.execPath, THINGS], calls),
  env: { THINGS: join(folder, 'things') },
  ...settings,
});

const SHAPES: Shape[] = [
  { name: 'exec account', kind: 'account', settings: program(ROTATING, {}) },
  {
    name: 'exec container with access',
    kind: 'container',
    settings: program(OPENING, { accessByKey: true }),
  },
  {
    name: 'exec work tree of Git (examples/git-worktree)',
    kind: 'vm',
    settings: (folder) => ({
      commands: commandsOf([join(ROOT, 'examples/git-worktree/worktree.sh')], MAKING),
      env: { REPOSITORY: join(folder, 'repository'), TREES: join(folder, 'trees') },
      replaces: true,
      proves: 'R4',
    }),
    prepare: (folder) => makeRepository(join(folder, 'repository')),
  },
];

/** A Git repository with one commit. */
export function makeRepository(path: string): void {
  mkdirSync(path, { recursive: true });
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@invalid', ...args], {
      cwd: path,
    });
  git('init', '--quiet');
  git('commit', '--quiet', '--allow-empty', '-m', 'first');
}

interface Thing {
  handle: string;
  logins: { username: string; password?: string; publicKey?: string }[];
}

function letsIn(folder: string, target: Target, credential: CredentialSecret): boolean {
  const { username, password, publicKey } = credential;
  return readdirSync(folder)
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Thing)
    .filter(({ handle }) => handle === target.handle)
    .some(({ logins }) =>
      logins.some(
        (login) =>
          login.username === username &&
          (password === undefined ? login.publicKey === publicKey : login.password === password),
      ),
    );
}

async function make({ kind, settings, prepare }: Shape): Promise<DriverFixture> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-exec-'));
  prepare?.(folder);
  const dataDir = join(folder, 'data');
  const driver = driverOf(dataDir, settings(folder));
  const stranger = driverOf(dataDir, settings(folder), { installation: 'elsewhere' });
  return {
    driver,
    stranger,
    kind,
    keys: { publicKey: 'ssh-ed25519 AAAA ada', privateKey: 'unused' },
    letsIn: async (target, credential) => letsIn(join(folder, 'things'), target, credential),
    close: async () => {
      for (const each of [driver, stranger]) await each.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const underTest: readonly DriverUnderTest[] = SHAPES.map((shape) => ({
  name: shape.name,
  capabilities: execDriver.capabilities(execDriver.settings.parse(shape.settings('/nowhere'))),
  make: () => make(shape),
}));
