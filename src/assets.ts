import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import type * as config from './config';
import { isPacked, manifest, packedBytes } from './executable/blob';
import { unpack } from './executable/unpack';

/** Files that the program reads at run time besides its own code. */
export interface Assets {
  /** The folder of the SQL migrations. */
  migrations: () => string;
  /** The compiled entry point of a job; worker threads load JavaScript only. */
  job: (name: string) => string;
  /** Native code. */
  addon: (name: string) => string;
  /**
   * A file for browsers: of `web/docs`, of a package that ships its own pages, or of the dashboard.
   * Throws if it is missing.
   */
  page: (name: string) => Buffer;
  /** The names of the files that the dashboard consists of; empty if it is not built. */
  dashboard: () => string[];
}

/** Pages shipped by packages, by the name under which they appear beside those of `web/`. */
export const PACKAGE_PAGES: Readonly<Record<string, string>> = {
  'docs/swagger-ui.css': 'swagger-ui-dist/swagger-ui.css',
  'docs/swagger-ui-bundle.js': 'swagger-ui-dist/swagger-ui-bundle.js',
};

/** When run from the project's folder. */
function projectAssets(): Assets {
  const root = projectRoot();
  return {
    migrations: () => join(root, 'migrations'),
    job: (name) => join(root, 'dist', 'jobs', `${name}.js`),
    addon: () => {
      throw new Error('Packages load their own native code here.');
    },
    page: (name) => {
      const packaged = PACKAGE_PAGES[name];
      if (packaged !== undefined) return readFileSync(require.resolve(packaged));
      return readFileSync(join(root, name.startsWith('docs/') ? 'web' : DASHBOARD, name));
    },
    dashboard: () => filesBelow(join(root, DASHBOARD)),
  };
}

/** The folder of the dashboard, made by the build. */
export const DASHBOARD = join('dist', 'web');

/** The names of all files in a folder and those below, in order; none if there is no such folder. */
export function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/**
 * The folder that holds package.json: above `src` when run from the sources, above `dist/src` when
 * compiled.
 */
export function projectRoot(from = __dirname): string {
  return existsSync(join(from, 'package.json')) ? from : projectRoot(dirname(from));
}

/**
 * Within the executable: pages are read from memory; everything else is unpacked on first use.
 */
function packedAssets(): Assets {
  let known: string | undefined;
  // A worker thread runs from the unpacked files, which the main thread has checked.
  const root = () => (known ??= isMainThread ? unpackAll() : dirname(__dirname));
  return {
    migrations: () => join(root(), 'migrations'),
    job: (name) => join(root(), 'jobs', `${name}.js`),
    addon: (name) => join(root(), 'native', name),
    page: (name) => packedBytes(`web/${name}`),
    dashboard: () => manifest().dashboard,
  };
}

function unpackAll(): string {
  const { buildId, unpacked: files } = manifest();
  const { readConfig } = require('./config') as typeof config;
  return unpack({ buildId, files, read: packedBytes }, readConfig().cacheDir);
}

export const assets: Assets = isPacked ? packedAssets() : projectAssets();
