import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { projectRoot } from '../../src/assets';
import { bundle } from './bundle';
import { collect } from './contents';

/** Where Node looks for what is put into it, and the mark that tells it to look. */
const RESOURCE = 'NODE_SEA_BLOB';
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/**
 * Makes the executable of this machine's Node. Two runs over the same files make the same bytes:
 * docs/binary.md.
 */
async function buildBinary(out: string): Promise<void> {
  const root = projectRoot();
  mkdirSync(dirname(out), { recursive: true });
  const work = mkdtempSync(`${out}.`);
  try {
    const jobs = await bundle(root, work);
    makeBlob(work, collect(root, work, jobs));
    const made = join(work, 'holdfast');
    copyFileSync(process.execPath, made);
    chmodSync(made, 0o755);
    // Before the injection: afterwards it would take the blob for waste.
    execFileSync('strip', [made]);
    node(
      work,
      require.resolve('postject/dist/cli.js'),
      made,
      RESOURCE,
      'sea.blob',
      '--sentinel-fuse',
      FUSE,
    );
    renameSync(made, out);
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** Paths in the blob are relative to `work`: its own name is in none of them. */
function makeBlob(work: string, names: string[]): void {
  const assets = Object.fromEntries(names.map((name) => [name, name]));
  writeFileSync(
    join(work, 'sea.json'),
    JSON.stringify({
      main: 'main.cjs',
      output: 'sea.blob',
      disableExperimentalSEAWarning: true,
      assets,
    }),
  );
  node(work, '--experimental-sea-config', 'sea.json');
}

function node(cwd: string, ...args: string[]): void {
  execFileSync(process.execPath, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
}

const out = resolve(process.argv[2] ?? 'dist/holdfast');
buildBinary(out).then(
  () => process.stdout.write(`${out}: ${(statSync(out).size / 1e6).toFixed(1)} MB\n`),
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  },
);
