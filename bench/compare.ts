import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../src/assets';
import { median, size, type Figure } from './result';

const TURNS = size('TURNS', 3);

/** The figure of each part that is compared, in every revision's words. */
const PARTS: Readonly<Record<string, RegExp>> = {
  engine: /^engine: .* through the store$/,
  http: /^http: .* cleaned and rotated$/,
};

/** A tree with what was compiled from it. */
interface Build {
  name: string;
  root: string;
}

/**
 * `compare.js REVISION [part …]`: an older revision, built beside this one, and this one take turns
 * at the same parts of the bench, on the Node that runs this; the ratio new/old of each is printed.
 * BENCH_TURNS says how many.
 */
function main([revision, ...asked]: string[]): void {
  if (revision === undefined) throw new Error('Which revision? bench:compare -- REVISION [part …]');
  const here: Build = { name: 'this', root: projectRoot() };
  const work = mkdtempSync(join(tmpdir(), 'holdfast-compare-'));
  const older: Build = { name: revision, root: join(work, 'tree') };
  try {
    git(here, 'worktree', 'add', '--quiet', '--detach', older.root, revision);
    build(older);
    for (const part of asked.length > 0 ? asked : Object.keys(PARTS))
      compare(part, older, here, join(work, 'figures.json'));
  } finally {
    rmSync(work, { recursive: true, force: true });
    git(here, 'worktree', 'prune');
  }
}

function build({ root }: Build): void {
  say(`Node ${process.version}; better-sqlite3 ${sqliteOf(projectRoot())}`);
  execFileSync('npm', ['ci', '--silent'], { cwd: root, stdio: 'inherit' });
  if (sqliteOf(root) !== sqliteOf(projectRoot()))
    throw new Error(`The older revision has better-sqlite3 ${sqliteOf(root)}: not to be compared.`);
  execFileSync('npx', ['tsc', '-b', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
}

function compare(part: string, older: Build, newer: Build, json: string): void {
  const turns: { was: number; is: number }[] = [];
  for (let turn = 1; turn <= TURNS; turn += 1) {
    const [was, is] = [measure(part, older, json), measure(part, newer, json)];
    turns.push({ was, is });
    say(`${part}, turn ${turn}: ${was} -> ${is} 1/s, ${(is / was).toFixed(3)}`);
  }
  const middle = median(turns.map(({ was, is }) => is / was));
  // What else the machine does can only make either slower.
  const best = Math.max(...turns.map(({ is }) => is)) / Math.max(...turns.map(({ was }) => was));
  say(`${part}: new/old ${middle.toFixed(3)} (middle turn), ${best.toFixed(3)} (the best of each)`);
}

function measure(part: string, { name, root }: Build, json: string): number {
  execFileSync(process.execPath, ['dist/bench/run.js', part, '--json', json], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const { figures } = JSON.parse(readFileSync(json, 'utf8')) as { figures: Figure[] };
  const figure = figures.find((each) => PARTS[part]?.test(each.name));
  if (!figure) throw new Error(`${name} has no figure for ${part}.`);
  return figure.value;
}

function sqliteOf(root: string): string {
  const file = join(root, 'node_modules/better-sqlite3/package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

function git({ root }: Build, ...words: string[]): void {
  execFileSync('git', words, { cwd: root, stdio: 'inherit' });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main(process.argv.slice(2));
