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
    const assets = collect(root, work, jobs);
    // Before the injection: afterwards it would take the blob for waste.
    copyFileSync(process.execPath, join(work, 'node'));
    execFileSync('strip', [join(work, 'node')]);
    inject(work, assets);
    chmodSync(join(work, 'holdfast'), 0o755);
    renameSync(join(work, 'holdfast'), out);
  } finally {
    rmSync(work, { recursive: true });
  }
}

/**
 * Makes `holdfast` of `node` and the assets, all in `work`. Paths are relative to it, so that its
 * own name is in none of them.
 */
function inject(work: string, names: string[]): void {
  const settings = {
    main: 'main.cjs',
    executable: 'node',
    output: 'holdfast',
    disableExperimentalSEAWarning: true,
    assets: Object.fromEntries(names.map((name) => [name, name])),
  };
  writeFileSync(join(work, 'sea.json'), JSON.stringify(settings));
  execFileSync(process.execPath, ['--build-sea', 'sea.json'], {
    cwd: work,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

const out = resolve(process.argv[2] ?? 'dist/holdfast');
buildBinary(out).then(
  () => process.stdout.write(`${out}: ${(statSync(out).size / 1e6).toFixed(1)} MB\n`),
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  },
);
