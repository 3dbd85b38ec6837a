import { importsOf, namesIn, typescript } from '../helpers/sources';

/**
 * How it is known that a store holds no policy: it imports no function of the domain, and names
 * none of the things that policies are about. It answers queries and carries out changes; what is
 * asked, and what follows from the answer, stands in src/domain.
 */

const adapter = typescript('src/store/sqlite');

/** What an adapter may take from the domain as a value, and why. */
const VALUES: Record<string, string> = {
  'src/domain/author.ts': 'SERVER, the author of a transaction that names none',
  'src/domain/event.ts': 'isRare, which says whether the partial indexes have an event',
  'src/domain/idempotency.ts': 'decideOnce, to which it hands the record that it has found',
  'src/domain/errors.ts': 'what a failing or busy database is told as',
  'src/domain/returns/chain.ts': 'CHAIN_START, the constant before the first record',
  'src/domain/returns/level.ts': 'LEVELS, the values of a column, whose lists are merged',
  'src/domain/queue/ranks.ts': 'PROMOTED_BELOW, a constant in the predicate of an index',
};

/** Imports of a file that are more than types, as `path`. */
function valueImportsOf(source: { path: string; text: string }): string[] {
  const withoutTypes = source.text.replace(/^import type [^;]*;$/gm, '');
  return importsOf({ ...source, text: withoutTypes });
}

test('a store imports from the domain types only, apart from a short list', () => {
  const taken = adapter.flatMap((source) =>
    valueImportsOf(source).filter((path) => path.startsWith('src/domain/')),
  );
  expect([...new Set(taken)].sort()).toEqual(Object.keys(VALUES).sort());
});

test('of the scheduler it takes one constant', () => {
  const imports = adapter.flatMap(({ text }) =>
    [...text.matchAll(/^import (?!type)([^;]*) from '[./]*domain\/queue\/ranks';$/gm)].map(
      ([, names]) => names,
    ),
  );
  expect([...new Set(imports)]).toEqual(['{ PROMOTED_BELOW }']);
});

test('it names nothing that a policy is about, but where the schema has a column of that name', () => {
  const POLICY = new Set([
    'capabilities',
    'concurrency',
    'labels',
    'lease',
    'minimum',
    'overtaken',
    'policy',
    'share',
  ]);
  const named = adapter
    .filter(({ path }) => path !== 'src/store/sqlite/schema.ts')
    .flatMap((source) =>
      namesIn(source)
        .filter((name) => POLICY.has(name))
        .map((name) => `${source.path}: ${name}`),
    );
  expect(named).toEqual([]);
});

test('the two halves of a store are each exhaustive by their types', () => {
  const text = (path: string) => adapter.find((source) => source.path.endsWith(path))!.text;
  expect(text('/appliers.ts')).toContain("type Appliers = { [D in Change['do']]: ");
  expect(text('/queries/types.ts')).toContain('type Answers = { [K in QueryName]: ');
});
