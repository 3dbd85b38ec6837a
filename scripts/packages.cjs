// Makes one file in dist/node_modules of each package that has a hundred: the threads of a server
// read those of Drizzle seven times, and each takes a search. Node finds it there before the
// package itself, which the executable's bundle and the tests in jest's process still use.
const { mkdirSync, writeFileSync } = require('node:fs');
const { join, resolve } = require('node:path');

const root = resolve(__dirname, '..');

/** The parts of each package that we import; '.' is the package itself. */
const PACKAGES = {
  'drizzle-orm': ['.', './better-sqlite3', './migrator', './sqlite-core'],
  express: ['.'],
  yaml: ['.'],
};

/** Loaded as they are: the database, for its native code. */
const APART = ['better-sqlite3'];

/** A module that gives each part of a package when it is first asked for. */
function partsOf(name, parts) {
  const getters = parts.map(
    (part) => `get '${part}'() { return require('${join(name, part)}'); },`,
  );
  return `module.exports = { ${getters.join('\n')} };`;
}

/** The file of a part, in the folder of its package. */
const fileOf = (part) => (part === '.' ? './index.cjs' : `${part}.cjs`);

/** Writes the files of one package, and says where its parts are. */
function writePackage(name, parts) {
  const folder = join(root, 'dist/node_modules', name);
  mkdirSync(folder, { recursive: true });
  require('esbuild').buildSync({
    absWorkingDir: root,
    stdin: { contents: partsOf(name, parts), resolveDir: root },
    outfile: join(folder, 'parts.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    keepNames: true,
    external: APART,
    logLevel: 'warning',
  });
  for (const part of parts)
    writeFileSync(
      join(folder, fileOf(part)),
      `module.exports = require('./parts.cjs')['${part}'];\n`,
    );
  const exports = Object.fromEntries(parts.map((part) => [part, fileOf(part)]));
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ name, exports }, null, 2)}\n`);
}

for (const [name, parts] of Object.entries(PACKAGES)) writePackage(name, parts);
