import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../helpers/engine';
import { MAIN, ROOT, ServerProcess } from '../helpers/process';
import { Witness } from './helpers/acknowledged';
import { Rows, unsound } from './helpers/database';
import { Disk, FATES } from './helpers/disk';
import { Dice, pause, say, size, soak } from './helpers/soak';
import { stepsOf, straceOf } from './helpers/trace';

const CUTS = size('CUTS', 200);
const LOAD_MS = size('CUT_LOAD_MS', 4_000);
const CLIENTS = size('CUT_CLIENTS', 8);
const FILES = ['holdfast.db', 'holdfast.db-wal'];
const POOLS = `
pools:
  - { name: accounts, kind: account, driver: simulated, size: 12 }
`;

/** Our program, with one setting of SQLite changed, in a directory of its own. */
function programWith(setting: string): string {
  const root = temporaryDirectory();
  cpSync(join(ROOT, 'dist'), join(root, 'dist'), { recursive: true });
  for (const name of ['package.json', 'migrations', 'node_modules', 'web'])
    if (existsSync(join(ROOT, name))) symlinkSync(join(ROOT, name), join(root, name));
  const open = join(root, 'dist/src/sqlite/open.js');
  const text = readFileSync(open, 'utf8');
  expect(text).toContain("'synchronous = FULL'");
  writeFileSync(open, text.replace("'synchronous = FULL'", `'synchronous = ${setting}'`));
  return join(root, 'dist/src/main.js');
}

/** Loads a server, traces what it writes, and checks what is left after each of many power cuts. */
async function cutPower(main: string, dice: Dice) {
  const server = await ServerProcess.start({
    pools: POOLS,
    program: { command: [process.execPath, main, 'serve'] },
  });
  const token = await server.setUp();
  const trace = join(temporaryDirectory(), 'trace');
  // What exists before the trace begins is surely on the disk only if nobody writes meanwhile.
  server.signal('SIGSTOP');
  const strace = straceOf(
    server.pid,
    trace,
    FILES.map((name) => join(server.dataDir, name)),
    { data: true },
  );
  await strace.attached;
  const begin = Object.fromEntries(
    FILES.map((name) => [name, readFileSync(join(server.dataDir, name))]),
  );
  server.signal('SIGCONT');
  const witnesses = Array.from({ length: CLIENTS }, () => new Witness(token, 'accounts'));
  const working = witnesses.map((witness) => witness.work(server.http));
  await pause(LOAD_MS);
  await server.kill();
  await Promise.all(working);
  await strace.ended;
  return {
    ...tally(witnesses, stepsOf(trace), begin, dice),
    loans: witnesses.reduce((sum, { loans }) => sum + loans.length, 0),
  };
}

function tally(
  witnesses: Witness[],
  steps: ReturnType<typeof stepsOf>,
  begin: Record<string, Buffer>,
  dice: Dice,
) {
  const points = new Set(Array.from({ length: CUTS }, () => dice.between(0, steps.length - 1)));
  while (points.size < Math.min(CUTS, steps.length)) points.add(dice.between(0, steps.length - 1));
  const disk = new Disk(begin);
  const result = { cuts: 0, steps: steps.length, losing: 0, lost: 0, unsound: [] as string[] };
  steps.forEach((step, index) => {
    if (points.has(index)) {
      const { lost, faults } = after(
        disk,
        witnesses,
        step.at,
        FATES[result.cuts % FATES.length]!,
        dice,
      );
      result.cuts += 1;
      result.losing += Number(lost.length > 0);
      result.lost += lost.length;
      result.unsound.push(...faults);
    }
    disk.apply(step);
  });
  return result;
}

function after(
  disk: Disk,
  witnesses: Witness[],
  at: number,
  fate: (typeof FATES)[number],
  dice: Dice,
) {
  const directory = join(temporaryDirectory(), 'cut');
  mkdirSync(directory);
  disk.cut(directory, fate, dice);
  const rows = new Rows(directory, false);
  try {
    const faults = unsound(rows);
    // A whole millisecond earlier: the clocks of strace and of the witness are read in different
    // units.
    return { faults, lost: witnesses.flatMap((witness) => witness.lost(rows, at - 1)) };
  } catch (error) {
    return { faults: [(error as Error).message], lost: [] };
  } finally {
    rows.close();
  }
}

soak('power cuts of a loaded server', () => {
  test(`lose nothing that was acknowledged, and damage nothing, at ${CUTS} moments`, async () => {
    const found = await cutPower(MAIN, Dice.thrown('power cut'));
    say(`power cut, FULL: ${JSON.stringify(found)}`);
    expect(found).toMatchObject({ cuts: CUTS, lost: 0, unsound: [] });
    expect(found.loans).toBeGreaterThan(50);
  });

  test('are visible to this test: with synchronous=NORMAL, it finds lost loans', async () => {
    const found = await cutPower(programWith('NORMAL'), Dice.thrown('power cut'));
    say(`power cut, NORMAL: ${JSON.stringify({ ...found, unsound: found.unsound.length })}`);
    expect(found.lost).toBeGreaterThan(0);
  });
});
