import { readdirSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { basename, join } from 'node:path';
import { build as run, type BuildOptions, type Plugin } from 'esbuild';

/**
 * Modules that find native code their own way, as their packages import them; ours look among what
 * the executable has unpacked.
 */
const ADDON_FINDERS: Readonly<Record<string, { within: RegExp; contents: string }>> = {
  './binding': {
    within: /[/\\]better-sqlite3[/\\]lib$/,
    contents: "exports.getBinding = () => loadAddon('better_sqlite3.node');",
  },
  'node-gyp-build': {
    within: /[/\\]bcrypt$/,
    contents: "module.exports = () => lazyAddon('bcrypt.node');",
  },
};

/**
 * What its package can do without: native parts, and dockerode's ways of building images, which we
 * never do.
 */
const OPTIONAL = /^cpu-features$|\/sshcrypto\.node$/;
const UNUSED = /^\.\/(session|buildkit)$/;
/** The Node that is embedded: nothing it knows is rewritten for an older one. */
const TARGET = `node${process.versions.node}`;
const WORKER = /^\.\.\/src\/worker$/;

/**
 * Packages that most job threads never load; those that drivers import are found. The core of IBM's
 * SDK is here because each of its parts would bring a copy.
 */
const LATE = ['ibm-cloud-sdk-core', 'pino-pretty', 'zod'];

/** The file of a package, or of a part of one, in the folder of the jobs. */
const fileOf = (name: string) => `${name.replaceAll('/', '+')}.js`;

/**
 * Makes `main.cjs`, `jobs/worker.js` with all that the jobs share, beside it the packages that it
 * loads late, and the jobs, which load it. Functions and classes keep their names, so that stack
 * traces can be read; variables get shorter ones. The bytes depend on the sources only, not on where
 * they lie.
 */
export async function bundle(root: string, out: string): Promise<string[]> {
  const common: BuildOptions = {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: TARGET,
    format: 'cjs',
    minify: true,
    keepNames: true,
    legalComments: 'eof',
    logLevel: 'warning',
    plugins: [addons(root), missing(), beside(WORKER, () => 'worker')],
  };
  const jobs = readdirSync(join(root, 'jobs')).sort();
  const lateNames = [...LATE, ...(await packagesOfDrivers(root))].sort();
  await run({ ...common, entryPoints: ['src/main.ts'], outfile: join(out, 'main.cjs') });
  await run({
    ...common,
    entryPoints: ['src/worker.ts'],
    outfile: join(out, 'jobs/worker.js'),
    plugins: [...common.plugins!, late(lateNames)],
  });
  for (const name of lateNames)
    await run({
      ...common,
      entryPoints: [name],
      outfile: join(out, 'jobs', fileOf(name)),
      plugins: [...common.plugins!, late(lateNames)],
    });
  await run({
    ...common,
    entryPoints: jobs.map((file) => `jobs/${file}`),
    outdir: join(out, 'jobs'),
  });
  return ['worker', ...lateNames, ...jobs.map((file) => basename(file, '.ts'))].map(
    (name) => `jobs/${fileOf(name)}`,
  );
}

/** Packages that a worker imports in the folders of drivers only. */
async function packagesOfDrivers(root: string): Promise<string[]> {
  const { metafile } = await run({
    absWorkingDir: root,
    entryPoints: ['src/worker.ts'],
    bundle: true,
    platform: 'node',
    packages: 'external',
    write: false,
    metafile: true,
  });
  const imported = Object.entries(metafile.inputs).flatMap(([file, { imports }]) =>
    imports
      .filter(({ path, external }) => external && !isBuiltin(path))
      .map(({ path }) => ({ path, byDriver: file.startsWith('src/drivers/') })),
  );
  const elsewhere = new Set(imported.filter(({ byDriver }) => !byDriver).map(({ path }) => path));
  return [...new Set(imported.map(({ path }) => path))].filter(
    (path) => !elsewhere.has(path) && !LATE.includes(path),
  );
}

function addons(root: string): Plugin {
  return {
    name: 'addons',
    setup: (build) => {
      build.onResolve({ filter: /^(\.\/binding|node-gyp-build)$/ }, ({ path, resolveDir }) =>
        ADDON_FINDERS[path]!.within.test(resolveDir) ? { path, namespace: 'addons' } : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: 'addons' }, ({ path }) => ({
        contents:
          'const { loadAddon, lazyAddon } = ' +
          `require('./src/executable/addons');\n${ADDON_FINDERS[path]!.contents}`,
        resolveDir: root,
      }));
    },
  };
}

/** A module that is not there, as its package expects where it could not be compiled. */
function missing(): Plugin {
  return {
    name: 'missing',
    setup: (build) => {
      const left = ({ path }: { path: string }) => ({ path: basename(path), namespace: 'missing' });
      build.onResolve({ filter: OPTIONAL }, left);
      build.onResolve({ filter: UNUSED }, (asked) =>
        /[/\\]dockerode[/\\]lib$/.test(asked.resolveDir) ? left(asked) : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: 'missing' }, ({ path }) => ({
        contents: failing(path),
      }));
    },
  };
}

/** A native part has to be missed when it is loaded; of the rest only what uses it fails. */
function failing(name: string): string {
  const failure = `throw new Error('${name} is not part of this build.');`;
  return /^(session|buildkit)$/.test(name) ? `module.exports = () => { ${failure} };` : failure;
}

function late(names: readonly string[]): Plugin {
  return beside(new RegExp(`^(${names.join('|')})$`), (name) => name);
}

/** What is a file of its own in the same folder. */
function beside(filter: RegExp, nameOf: (asked: string) => string): Plugin {
  return {
    name: `beside ${filter.source}`,
    setup: (build) =>
      build.onResolve({ filter }, ({ path, kind }) =>
        kind === 'entry-point' ? undefined : { path: `./${fileOf(nameOf(path))}`, external: true },
      ),
  };
}
