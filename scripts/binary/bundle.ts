import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build as run, type BuildOptions, type Plugin } from 'esbuild';

/** Modules that find native code their own way; ours looks among what the executable has unpacked. */
const ADDON_FINDERS: Readonly<Record<string, string>> = {
  bindings: 'module.exports = loadAddon;',
  'node-gyp-build': "module.exports = () => lazyAddon('bcrypt.node');",
};

/** What its package can do without: native parts, and dockerode's ways of building images, which we never do. */
const OPTIONAL = /^cpu-features$|\/sshcrypto\.node$/;
const UNUSED = /^\.\/(session|buildkit)$/;
const WORKER = /^\.\.\/src\/worker$/;

/**
 * Makes `main.cjs`, `jobs/worker.js` with all that the jobs share, and the jobs, which load it. Names are kept, so that
 * stack traces can be read. The bytes depend on the sources only, not on where they lie.
 */
export async function bundle(root: string, out: string): Promise<string[]> {
  const common: BuildOptions = {
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'eof',
    logLevel: 'warning',
    plugins: [addons(root), missing(), sharedWorker()],
  };
  const jobs = readdirSync(join(root, 'jobs')).sort();
  await run({ ...common, entryPoints: ['src/main.ts'], outfile: join(out, 'main.cjs') });
  await run({ ...common, entryPoints: ['src/worker.ts'], outfile: join(out, 'jobs/worker.js') });
  await run({ ...common, entryPoints: jobs.map((file) => `jobs/${file}`), outdir: join(out, 'jobs') });
  return ['worker', ...jobs.map((file) => basename(file, '.ts'))].map((name) => `jobs/${name}.js`);
}

function addons(root: string): Plugin {
  return {
    name: 'addons',
    setup: (build) => {
      build.onResolve({ filter: /^(bindings|node-gyp-build)$/ }, ({ path }) => ({ path, namespace: 'addons' }));
      build.onLoad({ filter: /.*/, namespace: 'addons' }, ({ path }) => ({
        contents: `const { loadAddon, lazyAddon } = require('./src/executable/addons');\n${ADDON_FINDERS[path]}`,
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
      build.onResolve({ filter: UNUSED }, (asked) => (/[/\\]dockerode[/\\]lib$/.test(asked.resolveDir) ? left(asked) : undefined));
      build.onLoad({ filter: /.*/, namespace: 'missing' }, ({ path }) => ({ contents: failing(path) }));
    },
  };
}

/** A native part has to be missed when it is loaded; of the rest only what uses it fails. */
function failing(name: string): string {
  const failure = `throw new Error('${name} is not part of this build.');`;
  return /^(session|buildkit)$/.test(name) ? `module.exports = () => { ${failure} };` : failure;
}

function sharedWorker(): Plugin {
  return {
    name: 'worker',
    setup: (build) => build.onResolve({ filter: WORKER }, () => ({ path: './worker.js', external: true })),
  };
}
