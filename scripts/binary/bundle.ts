import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build, type BuildOptions, type Plugin } from 'esbuild';

/** Modules that find native code their own way; ours looks among what the executable has unpacked. */
const ADDON_FINDERS: Readonly<Record<string, string>> = {
  bindings: 'module.exports = loadAddon;',
  'node-gyp-build': "module.exports = () => lazyAddon('bcrypt.node');",
};

/** Native parts that their packages can do without. */
const OPTIONAL = /^cpu-features$|\/sshcrypto\.node$/;
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
  await build({ ...common, entryPoints: ['src/main.ts'], outfile: join(out, 'main.cjs') });
  await build({ ...common, entryPoints: ['src/worker.ts'], outfile: join(out, 'jobs/worker.js') });
  await build({ ...common, entryPoints: jobs.map((file) => `jobs/${file}`), outdir: join(out, 'jobs') });
  return ['worker', ...jobs.map((file) => basename(file, '.ts'))].map((name) => `jobs/${name}.js`);
}

function addons(root: string): Plugin {
  return {
    name: 'addons',
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /^(bindings|node-gyp-build)$/ }, ({ path }) => ({ path, namespace: 'addons' }));
      onLoad({ filter: /.*/, namespace: 'addons' }, ({ path }) => ({
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
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: OPTIONAL }, ({ path }) => ({ path: basename(path), namespace: 'missing' }));
      onLoad({ filter: /.*/, namespace: 'missing' }, ({ path }) => ({ contents: `throw new Error('${path} is not part of this build.');` }));
    },
  };
}

function sharedWorker(): Plugin {
  return {
    name: 'worker',
    setup: ({ onResolve }) => onResolve({ filter: WORKER }, () => ({ path: './worker.js', external: true })),
  };
}
