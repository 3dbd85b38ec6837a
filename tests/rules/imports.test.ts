import { importsOf, typescript } from '../helpers/sources';

const sources = typescript('src', 'jobs');
const edges = sources.flatMap((source) =>
  importsOf(source).map((to) => ({ from: source.path, to })),
);

/** What the files of each folder may import besides their own folder: a folder, or one file. */
const MAY_IMPORT: Record<string, string[]> = {
  'src/domain/': [],
  'src/sqlite/': ['src/durable.ts'],
  'src/crypto/': ['src/domain/errors.ts'],
  'src/store/sqlite/': ['src/store/', 'src/domain/', 'src/sqlite/', 'src/clock.ts'],
  'src/store/': ['src/domain/', 'src/clock.ts'],
  'src/drivers/simulated/': ['src/drivers/driver.ts', 'src/domain/', 'src/sqlite/'],
  'src/drivers/docker/': ['src/drivers/driver.ts', 'src/drivers/late.ts', 'src/domain/'],
  'src/drivers/': ['src/domain/'],
  'src/github/': ['src/domain/', 'src/service/people/github-port.ts'],
  'src/executable/': ['src/assets.ts', 'src/config-error.ts'],
  'src/pools-file/': ['src/domain/', 'src/drivers/driver.ts', 'src/config-error.ts'],
  'src/api/': ['src/domain/', 'src/pools-file/'],
  'src/service/': [
    'src/domain/',
    'src/api/',
    'src/crypto/',
    'src/pools-file/',
    'src/store/',
    'src/drivers/driver.ts',
  ],
  // From the store, only the types of its reads: a page, a count, a row.
  'src/http/': ['src/service/', 'src/api/', 'src/domain/', 'src/store/reads.ts'],
  'jobs/': ['src/worker.ts'],
};

/** Only the bootstrap knows which store and drivers exist. */
const ADAPTERS = [
  'src/store/sqlite/',
  'src/drivers/simulated/',
  'src/drivers/docker/',
  'src/github/',
];
const BOOTSTRAP = [
  'src/adapters.ts',
  'src/github-setup.ts',
  'src/boot.ts',
  'src/server.ts',
  'src/worker.ts',
  'src/main.ts',
  'src/cli/',
  'src/backup/',
  'src/docs/',
];

/** The longest folder in the list that contains a path. */
function placeOf(path: string, places: string[]): string | undefined {
  return places.filter((place) => path.startsWith(place)).sort((a, b) => b.length - a.length)[0];
}

function isAllowed(from: string, to: string): boolean {
  const place = placeOf(from, Object.keys(MAY_IMPORT));
  if (place === undefined || placeOf(to, Object.keys(MAY_IMPORT)) === place) return true;
  return MAY_IMPORT[place]!.some((allowed) => to.startsWith(allowed));
}

const spelled = ({ from, to }: { from: string; to: string }) => `${from} imports ${to}`;

test('every file is read, and so are its imports', () => {
  expect(sources.length).toBeGreaterThan(100);
  expect(edges.length).toBeGreaterThan(400);
});

test('each folder imports what the layout says, and nothing else', () => {
  expect(edges.filter(({ from, to }) => !isAllowed(from, to)).map(spelled)).toEqual([]);
});

test('every folder of src has a rule', () => {
  const known = [...Object.keys(MAY_IMPORT), ...BOOTSTRAP];
  const lawless = sources.filter(
    ({ path }) => path.split('/').length > 2 && placeOf(path, known) === undefined,
  );
  expect(lawless.map(({ path }) => path)).toEqual([]);
});

test('only the bootstrap names an adapter, and adapters never import one another', () => {
  const naming = edges.filter(({ from, to }) => {
    const adapter = placeOf(to, ADAPTERS);
    return (
      adapter !== undefined && !from.startsWith(adapter) && placeOf(from, BOOTSTRAP) === undefined
    );
  });
  expect(naming.map(spelled)).toEqual([]);
});

test('a job is three lines and one call', () => {
  for (const { path, text } of typescript('jobs')) {
    expect({ path, lines: text.trim().split('\n').length }).toEqual({ path, lines: 3 });
    expect(text).toMatch(/^void runJob\('\w+'\);$/m);
  }
});

test('no file imports itself, however indirectly', () => {
  const next = new Map(
    sources.map(({ path }) => [
      path,
      edges.filter(({ from }) => from === path).map(({ to }) => to),
    ]),
  );
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, way: string[]): void => {
    if (way.includes(path))
      return void cycles.push([...way.slice(way.indexOf(path)), path].join(' → '));
    if (done.has(path)) return;
    for (const to of next.get(path) ?? []) visit(to, [...way, path]);
    done.add(path);
  };
  for (const { path } of sources) visit(path, []);
  expect(cycles).toEqual([]);
});
