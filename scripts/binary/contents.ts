import { execFileSync } from 'node:child_process';
import { cpSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DASHBOARD, filesBelow, PACKAGE_PAGES } from '../../src/assets';
import type { Manifest } from '../../src/executable/blob';
import { sha256Of } from '../../src/executable/unpack';
import { sqliteVersion } from '../../src/sqlite/open';

/** Native code, by the name under which it is unpacked. */
const ADDONS: Readonly<Record<string, string>> = {
  'better_sqlite3.node': `node_modules/better-sqlite3/prebuilds/linux-${process.arch}.node`,
  'bcrypt.node': `node_modules/bcrypt/prebuilds/linux-${process.arch}/bcrypt.glibc.node`,
};

/**
 * Puts all that the executable holds beside its bundles in `out`; returns the names, the manifest's
 * with them.
 */
export function collect(root: string, out: string, jobs: string[]): string[] {
  const unpacked = [...jobs, ...nativeCode(root, out), ...migrations(root, out)].sort();
  const pages = webPages(root, out);
  const hashes = [...unpacked, ...pages, 'main.cjs'].map((name) => ({
    name,
    sha256: sha256Of(readFileSync(join(out, name))),
  }));
  const manifest: Manifest = {
    buildId: sha256Of(Buffer.from(JSON.stringify([process.version, hashes]))).slice(0, 16),
    version: (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string })
      .version,
    commit: commitOf(root),
    sqlite: sqliteVersion(),
    dashboard: filesBelow(join(root, DASHBOARD)),
    unpacked: hashes.filter(({ name }) => unpacked.includes(name)),
  };
  writeFileSync(join(out, 'manifest.json'), JSON.stringify(manifest));
  return ['manifest.json', ...pages, ...unpacked];
}

/** Without what only debuggers read, which also holds paths of the machine that compiled it. */
function nativeCode(root: string, out: string): string[] {
  mkdirSync(join(out, 'native'));
  return Object.entries(ADDONS).map(([name, file]) => {
    copyFileSync(join(root, file), join(out, 'native', name));
    execFileSync('strip', ['--strip-unneeded', join(out, 'native', name)]);
    return `native/${name}`;
  });
}

/** The snapshots are for drizzle-kit. */
function migrations(root: string, out: string): string[] {
  cpSync(join(root, 'migrations'), join(out, 'migrations'), {
    recursive: true,
    filter: (file) => !file.endsWith('_snapshot.json'),
  });
  return filesBelow(join(out, 'migrations')).map((name) => `migrations/${name}`);
}

function webPages(root: string, out: string): string[] {
  cpSync(join(root, 'web/docs'), join(out, 'web/docs'), { recursive: true });
  cpSync(join(root, DASHBOARD), join(out, 'web'), { recursive: true });
  for (const [name, file] of Object.entries(PACKAGE_PAGES)) {
    mkdirSync(dirname(join(out, 'web', name)), { recursive: true });
    copyFileSync(require.resolve(file), join(out, 'web', name));
  }
  return filesBelow(join(out, 'web')).map((name) => `web/${name}`);
}

/** Null outside a repository; `-dirty` where what is built is not what was committed. */
function commitOf(root: string): string | null {
  const git = (...args: string[]) =>
    execFileSync('git', args, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    return git('rev-parse', 'HEAD') + (git('status', '--porcelain') === '' ? '' : '-dirty');
  } catch {
    return null;
  }
}
