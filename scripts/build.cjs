// Compiles to dist/, unless that was made from just these sources: then it takes 50 ms and needs no
// TypeScript. It goes by contents, because a clone or a copy gives files new times.
const { spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { join, resolve } = require('node:path');

const root = resolve(__dirname, '..');
const SOURCES = ['src', 'jobs', 'scripts', 'bench'];
const SETTINGS = ['tsconfig.json', 'tsconfig.build.json', 'package.json', 'scripts/packages.cjs'];
/** Written by tsc at every build, so that what a bare `tsc` made is not taken for ours. */
const INFO = 'dist/build.tsbuildinfo';
const STAMP = join(root, 'dist/built-from');

/** A hash over all that the compiler reads of ours and the mark of its last run; null: none. */
function fingerprint() {
  if (!existsSync(join(root, INFO))) return null;
  const hash = createHash('sha256');
  const files = SOURCES.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  ).sort();
  for (const file of [...files, ...SETTINGS, INFO])
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update('\0');
  return hash.digest('hex');
}

function isFresh() {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === fingerprint();
}

function compiler() {
  try {
    return require.resolve('typescript/bin/tsc');
  } catch {
    return null;
  }
}

/** Makes dist/ what the sources say. Gives the exit code; not 0: nothing there is to be run. */
function build() {
  if (isFresh()) return 0;
  const tsc = compiler();
  if (tsc === null) {
    const why = existsSync(STAMP) ? 'the sources are newer than dist/' : 'dist/ is not built';
    process.stderr.write(`holdfast: ${why}, and there is no TypeScript to build it: npm ci\n`);
    return 1;
  }
  rmSync(STAMP, { force: true });
  const status =
    run(join(__dirname, 'api-types.cjs')) ||
    run(tsc, '-b', 'tsconfig.build.json') ||
    run(join(__dirname, 'packages.cjs'));
  if (status === 0) writeFileSync(STAMP, fingerprint());
  return status;
}

/** Runs a script; gives its exit code. */
function run(...args) {
  const options = { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] };
  return spawnSync(process.execPath, args, options).status ?? 1;
}

module.exports = { build };
if (require.main === module) process.exitCode = build();
