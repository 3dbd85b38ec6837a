import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const STYLES = join(__dirname, '../../web/app/styles');

/** The classes to which a style file gives a look by themselves, such as `x` in `.x:hover {`. */
function classesOf(file: string): string[] {
  const text = readFileSync(join(STYLES, file), 'utf8').replaceAll(/\/\*.*?\*\//gs, '');
  const selectors = [...text.matchAll(/([^{}]+)\{/g)].flatMap(([, found]) => found!.split(','));
  return selectors.flatMap((selector) => /^\.([\w-]+)(:hover)?$/.exec(selector.trim())?.[1] ?? []);
}

// Pages load their styles when they are first opened, and keep them: a class that two files define
// looks as the page that was opened last says.
test('no class has its look from two style files', () => {
  const files = readdirSync(STYLES);
  const homes = new Map<string, Set<string>>();
  for (const file of files)
    for (const name of classesOf(file)) homes.set(name, (homes.get(name) ?? new Set()).add(file));
  expect(homes.size).toBeGreaterThan(100);
  expect([...homes].filter(([, { size }]) => size > 1).map(([name, at]) => [name, ...at])).toEqual(
    [],
  );
});
