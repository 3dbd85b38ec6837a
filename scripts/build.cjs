// Compiles to dist/, and makes the dashboard in dist/web/, each unless it was made from just these
// sources: then it takes 50 ms and needs neither TypeScript nor Vite. It goes by contents, because a
// clone or a copy gives files new times.
const { spawnSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} = require('node:fs');
const { join, resolve } = require('node:path');

const root = resolve(__dirname, '..');

/** What is built, in this order: from what, by which packages, and how. */
const PRODUCTS = [
  {
    name: 'dist/',
    stamp: 'dist/built-from',
    // Written by tsc at every build, so that what a bare `tsc` made is not taken for ours.
    mark: 'dist/build.tsbuildinfo',
    sources: ['src', 'jobs', 'scripts', 'bench', 'tsconfig.json', 'tsconfig.build.json'],
    tool: ['TypeScript', 'typescript/bin/tsc'],
    build: (tsc) => run(join(__dirname, 'api-types.cjs')) || run(tsc, '-b', 'tsconfig.build.json'),
  },
  {
    name: 'dist/web/',
    stamp: 'dist/web-built-from',
    mark: 'dist/web/index.html',
    sources: ['web/app', 'web/index.html', 'web/vite.config.mts', 'src/client'],
    tool: ['Vite', 'vite/bin/vite.js'],
    build: (vite) => run(vite, 'build', '--config', 'web/vite.config.mts'),
  },
];

/** The files of a product's sources, in order. */
function filesOf({ sources }) {
  const below = (folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  return sources
    .flatMap((place) =>
      statSync(join(root, place)).isDirectory() ? below(place) : join(root, place),
    )
    .sort();
}

/** A hash over all that a product is made from and the mark of its last build; null: there is none. */
function fingerprint(product) {
  const mark = join(root, product.mark);
  if (!existsSync(mark)) return null;
  const hash = createHash('sha256');
  for (const file of [...filesOf(product), join(root, 'package.json'), mark])
    hash
      .update(`${file.slice(root.length)}\0`)
      .update(readFileSync(file))
      .update('\0');
  return hash.digest('hex');
}

function isFresh(product) {
  const stamp = join(root, product.stamp);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint(product);
}

/** Where a package keeps its command; null: it is not installed. */
function find(command) {
  const place = join(root, 'node_modules', command);
  return existsSync(place) ? place : null;
}

/** Makes a product what the sources say. Gives the exit code; not 0: nothing there is to be run. */
function make(product) {
  if (isFresh(product)) return 0;
  const { name, build: runTool } = product;
  const stamp = join(root, product.stamp);
  const [wanted, command] = product.tool;
  const tool = find(command);
  if (tool === null) {
    const why = existsSync(stamp) ? `the sources are newer than ${name}` : `${name} is not built`;
    process.stderr.write(`holdfast: ${why}, and there is no ${wanted} to build it: npm ci\n`);
    return 1;
  }
  rmSync(stamp, { force: true });
  const status = runTool(tool);
  if (status === 0) writeFileSync(stamp, fingerprint(product));
  return status;
}

/** Makes everything what the sources say. Gives the exit code; not 0: nothing there is to be run. */
function build() {
  for (const product of PRODUCTS) {
    const status = make(product);
    if (status !== 0) return status;
  }
  return 0;
}

/** Runs a script; gives its exit code. */
function run(...args) {
  const options = { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] };
  return spawnSync(process.execPath, args, options).status ?? 1;
}

module.exports = { build };
if (require.main === module) process.exitCode = build();
