import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../helpers/engine';
import { MAIN, runProgram } from '../helpers/process';
import { SEED } from '../helpers/seed';
import { KINDS, poolsText, soundScene, type Kind } from './planted-problems';

jest.setTimeout(240_000);

const MOST = 6;

/** Of these kinds, in their order, those that are independent of the ones before; six at most. */
function independent(kinds: readonly Kind[]): Kind[] {
  const chosen: Kind[] = [];
  for (const kind of kinds)
    if (
      chosen.length < MOST &&
      !chosen.some(({ uses }) => uses.some((use) => kind.uses.includes(use)))
    )
      chosen.push(kind);
  return chosen;
}

/** Plants mistakes of these kinds; gives the report, and a pattern for the line of each. */
async function reportOn(
  kinds: readonly Kind[],
): Promise<{ code: number | null; report: string[]; expected: RegExp[] }> {
  const cwd = temporaryDirectory();
  const scene = soundScene();
  const tagOf = (kind: Kind) => `# mistake-${KINDS.indexOf(kind)}.`;
  for (const kind of kinds) kind.plant(scene, tagOf(kind));
  const texts = { '.env': scene.dotEnv.join('\n'), 'pools.yaml': poolsText(scene) };
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(cwd, name), text);
  const { code, stderr } = await runProgram(
    { command: [process.execPath, MAIN, 'check-config'], cwd },
    { DATA_DIR: join(cwd, 'data'), POOLS_FILE: 'pools.yaml', ...scene.env },
  );
  const expected = kinds.map((kind) => {
    const { place, field, says } = kind;
    const line = place === 'environment' ? 0 : lineWith(texts[place], tagOf(kind));
    const where = line === 0 ? place : `${join(cwd, place)}:${line}`;
    const path = escaped(field).replaceAll('\\*', '\\d+');
    return new RegExp(
      `^holdfast: ${escaped(where)}: (warning: )?${path}${field && ': '}.*${escaped(says)}`,
    );
  });
  return { code, report: stderr.trimEnd().split('\n'), expected };
}

const lineWith = (text: string, tag: string) =>
  text.split('\n').findIndex((line) => line.includes(tag)) + 1;
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** All are told, each in one line, in order, with the count below; nothing else is. */
async function expectAllTold(kinds: readonly Kind[]): Promise<void> {
  const { report, expected } = await reportOn(kinds);
  const isOne = kinds.length === 1;
  const lines = isOne ? report : report.slice(0, -1);
  for (const pattern of expected) expect(lines).toContainEqual(expect.stringMatching(pattern));
  expect(lines).toHaveLength(kinds.length);
  if (!isOne)
    expect(report.at(-1)).toMatch(/^holdfast: (\d+ problems?)?(, )?(\d+ warnings?)?(:| in)/);
  const places = lines.map((line) => /^holdfast: (environment|[^:]*)(?::(\d+))?/.exec(line)!);
  const files = [...new Set(places.map(([, file]) => file))];
  const order = places.map(([, file, line = '0']) => files.indexOf(file) * 1e6 + Number(line));
  expect(order).toEqual(order.toSorted((a, b) => a - b));
}

test('the table has many kinds of mistakes, and a scene without one is fine', async () => {
  expect(KINDS.length).toBeGreaterThanOrEqual(25);
  expect(await reportOn([])).toMatchObject({ code: 0, report: [''] });
});

test('each kind of mistake is told beside others, with its file, line and field', async () => {
  const groups: Kind[][] = [];
  for (
    let left = [...KINDS];
    left.length > 0;
    left = left.filter((kind) => !groups.at(-1)!.includes(kind))
  )
    groups.push(independent(left));
  for (const group of groups) await expectAllTold(group);
});

test('any two to six independent mistakes are all told at once', async () => {
  const some = fc
    .shuffledSubarray([...KINDS], { minLength: 2, maxLength: MOST })
    .map(independent)
    .filter((kinds) => kinds.length >= 2);
  // A failure prints the seed, and the smallest set of mistakes of which one is not told.
  await fc.assert(fc.asyncProperty(some, expectAllTold), { seed: SEED, numRuns: 12 });
});
