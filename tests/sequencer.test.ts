import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { temporaryDirectory } from './helpers/engine';

interface Suite {
  path: string;
  context: object;
}

interface Sequencer {
  sort(suites: Suite[]): Suite[];
}

const Longest = jest.requireActual<{ new (): Sequencer; LONG: string[] }>('./sequencer.cjs');

const ROOT = resolve(__dirname, '..');

test('the suites that are named as long exist', () => {
  expect(Longest.LONG.filter((name) => !existsSync(resolve(ROOT, name)))).toEqual([]);
});

test('long suites start first, whatever the size of their files; the others follow, large ones first', () => {
  const sizes: Record<string, number> = {
    'tests/domain/a.test.ts': 10,
    'tests/http/b.test.ts': 90,
    'tests/store/c.test.ts': 20,
    'tests/e2e/d.test.ts': 30,
    'tests/e2e/e.test.ts': 40,
    'tests/service/property.test.ts': 2,
    'tests/e2e/golden/f.test.ts': 1,
  };
  const context = {
    config: { cacheDirectory: temporaryDirectory(), id: 'none' },
    hasteFS: { getSize: (path: string) => sizes[path.slice(ROOT.length + 1)] },
  };
  const sorted = new Longest().sort(
    Object.keys(sizes).map((name) => ({ path: resolve(ROOT, name), context })),
  );
  expect(sorted.map(({ path }) => path.slice(ROOT.length + 1))).toEqual([
    'tests/e2e/golden/f.test.ts',
    'tests/e2e/e.test.ts',
    'tests/e2e/d.test.ts',
    'tests/service/property.test.ts',
    'tests/store/c.test.ts',
    'tests/http/b.test.ts',
    'tests/domain/a.test.ts',
  ]);
});
