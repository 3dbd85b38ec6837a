import { execFileSync } from 'node:child_process';
import { chownSync, cpSync, existsSync, mkdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryDirectory } from '../../helpers/engine';
import { ROOT, runProgram, type Ended, type Program } from '../../helpers/process';

/** What `npm run build:binary` made. */
export const BINARY = join(ROOT, 'dist/holdfast');

beforeAll(() => {
  if (!existsSync(BINARY)) throw new Error(`There is no ${BINARY}: npm run build:binary`);
});

/** What only root can set up; with CI=true it must not be left out. */
export const describeAsRoot =
  process.getuid?.() === 0 || process.env.CI === 'true' ? describe : describe.skip;

/** An ordinary user of the chroot. */
const USER = 1000;

/**
 * Runs a command of the executable in a directory of its own, with nothing but this environment.
 */
export function holdfast(
  words: string[],
  env: Record<string, string> = {},
  cwd?: string,
): Promise<Ended> {
  return runProgram({ command: [BINARY, ...words], cwd, bare: true }, env);
}

/**
 * A root directory that holds the executable and the libraries it is linked with, and belongs to an
 * ordinary user.
 */
export function emptyRoot(): string {
  const root = join(temporaryDirectory(), 'root');
  mkdirSync(root);
  for (const file of librariesOf(BINARY)) {
    mkdirSync(join(root, dirname(file)), { recursive: true });
    cpSync(realpathSync(file), join(root, file));
  }
  cpSync(BINARY, join(root, 'holdfast'));
  chownSync(root, USER, USER);
  return root;
}

/** Serves from there as that user. */
export function serveIn(root: string): Program {
  return {
    command: ['/usr/sbin/chroot', `--userspec=${USER}:${USER}`, root, '/holdfast', 'serve'],
    bare: true,
  };
}

function librariesOf(file: string): string[] {
  const listed = execFileSync('ldd', [file], { encoding: 'utf8' });
  return [...listed.matchAll(/(\/\S+) \(0x/g)].map(([, path]) => path!);
}
