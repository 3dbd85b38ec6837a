import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** docs/write-a-driver.md, held against the contract and against the code that it quotes. */

const ROOT = join(__dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const page = read('docs/write-a-driver.md');

/** The lines of a text without their indentation, which a page may change. */
const flush = (text: string) => text.replaceAll(/^ +/gm, '').trim();

/** Each block of code: the file that its first line names, and the pieces between its gaps. */
const quotes = [...page.matchAll(/^ *```ts\n *\/\/ (\S+)\n([^]*?)^ *```$/gm)].map(
  ([, path, code]) => ({ path: path!, pieces: code!.split(/^ *…\n/m).map(flush) }),
);

test('every block of code names its file, and stands there word for word', () => {
  expect(quotes).toHaveLength(page.match(/```ts/g)!.length);
  expect(quotes.length).toBeGreaterThanOrEqual(7);
  for (const { path, pieces } of quotes)
    for (const piece of pieces) expect(`\n${flush(read(path))}\n`).toContain(`\n${piece}\n`);
});

/** The names of the methods of `interface Driver`, in order. */
function callsOfThePort(): string[] {
  const path = 'src/drivers/driver.ts';
  const file = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true);
  return file.statements
    .filter(ts.isInterfaceDeclaration)
    .filter(({ name }) => name.text === 'Driver')
    .flatMap(({ members }) => members.filter(ts.isMethodSignature))
    .map(({ name }) => name.getText(file));
}

test('the table of calls has every call of the port', () => {
  const section = page.split(/^## /m).find((each) => each.startsWith('2. '))!;
  const rows = [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name!);
  expect(rows.sort()).toEqual(callsOfThePort().sort());
});

test.each(['README.md', 'docs/drivers.md', 'docs/extending.md', 'CONTRIBUTING.md'])(
  '%s leads there',
  (path) => expect(read(path)).toMatch(/\]\((docs\/)?write-a-driver\.md\)/),
);
