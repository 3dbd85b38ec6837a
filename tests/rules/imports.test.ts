import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DRIVERS } from '../../src/drivers';
import { importsOf, typescript } from '../helpers/sources';

const sources = typescript('src', 'jobs', 'examples', 'web');
const edges = sources.flatMap((source) =>
  importsOf(source).map((to) => ({ from: source.path, to })),
);

const driverFolders = [...DRIVERS.keys()].map((name) => `src/drivers/${name}/`);
/** Shared by the drivers whose holders log in over SSH; no driver itself. */
const SSH_LOGIN = 'src/drivers/ssh-login/';
const ANY_DRIVER = ['src/drivers/driver.ts', 'src/drivers/late.ts', 'src/domain/'];
/** Shared by the drivers that pass each call on as a message. */
const MESSAGES = ['src/drivers/message', 'src/drivers/redaction.ts'];

/** Shared by the drivers whose settings name a secret. */
const SECRETS = 'src/drivers/secret-setting.ts';

/** Shared by everything that calls out: addresses, signatures. It knows nothing else of the project. */
const OUTBOUND = 'src/outbound/';

/** How /proc shows processes. It knows nothing else of the project. */
const PROC = 'src/proc/';

/** What the files of each folder may import besides their own folder: a folder, or one file. */
const MAY_IMPORT: Record<string, string[]> = {
  'src/domain/': [],
  'src/sqlite/': ['src/durable.ts'],
  'src/crypto/': ['src/domain/errors.ts'],
  [PROC]: [],
  // The port that it fills.
  [OUTBOUND]: ['src/service/webhooks/sender.ts'],
  'src/store/sqlite/': ['src/store/', 'src/domain/', 'src/sqlite/', 'src/clock.ts'],
  'src/store/': ['src/domain/', 'src/clock.ts'],
  ...Object.fromEntries(driverFolders.map((folder) => [folder, ANY_DRIVER])),
  // To be read as if it were one of them.
  'examples/driver/': ANY_DRIVER,
  // Its cloud is a database of its own.
  'src/drivers/simulated/': [...ANY_DRIVER, 'src/sqlite/'],
  'src/drivers/exec/': [...ANY_DRIVER, ...MESSAGES, 'src/sqlite/', PROC],
  'src/drivers/http/': [...ANY_DRIVER, ...MESSAGES, SECRETS, OUTBOUND],
  'src/drivers/docker/': [...ANY_DRIVER, SSH_LOGIN, SECRETS, 'src/sqlite/'],
  'src/drivers/qemu/': [...ANY_DRIVER, SSH_LOGIN, PROC],
  'src/drivers/ssh/': [...ANY_DRIVER, SSH_LOGIN, PROC],
  [SSH_LOGIN]: ANY_DRIVER,
  'src/drivers/index.ts': ['src/drivers/'],
  'src/drivers/': ['src/domain/'],
  // Pages only look at each other through addresses.
  'web/app/pages/': ['web/app/', 'src/client/'],
  'web/app/address/': ['web/app/parts/', 'web/app/server/'],
  'web/app/server/': ['web/app/address/', 'web/app/parts/', 'src/client/'],
  'web/app/parts/': ['web/app/address/', 'web/app/server/', 'web/app/styles/', 'src/client/'],
  'web/app/': ['web/app/'],
  'web/': [],
  'src/github/': ['src/domain/', 'src/service/people/github-port.ts'],
  'src/executable/': ['src/assets.ts', 'src/config-error.ts'],
  'src/pools-file/': [
    'src/domain/',
    'src/drivers/driver.ts',
    'src/config-error.ts',
    'src/text-file.ts',
  ],
  'src/api/': ['src/domain/', 'src/pools-file/'],
  'src/service/': [
    'src/domain/',
    'src/api/',
    'src/crypto/',
    'src/pools-file/',
    'src/store/',
    'src/drivers/driver.ts',
  ],
  // Counts what the store and the services tell; decides nothing.
  'src/metrics/': ['src/domain/', 'src/service/', 'src/store/'],
  // Of the store only what its reads give; of http what makes a route.
  'src/legacy/': [
    'src/domain/',
    'src/service/',
    'src/api/',
    'src/crypto/',
    'src/store/reads.ts',
    'src/http/route.ts',
    'src/http/authenticate.ts',
    'src/http/instants.ts',
  ],
  'src/http/': ['src/service/', 'src/api/', 'src/domain/'],
  // The tools of agents: callers of v1, wherever they run.
  'src/mcp/': ['src/client/', 'src/api/', 'src/domain/errors.ts', 'src/service/services.ts'],
  // Types only, as the test below says: none of it is in the bundle.
  'src/client/': ['src/domain/errors.ts'],
  'jobs/': ['src/worker.ts'],
};

/** Only the bootstrap knows which store and drivers exist. */
const ADAPTERS = ['src/store/sqlite/', ...driverFolders, 'src/github/'];
const BOOTSTRAP = [
  'src/drivers/index.ts',
  'src/data-directory.ts',
  'src/github-setup.ts',
  'src/worker.ts',
  'src/backup/',
  // Filters the calls of the docker driver.
  'src/cli/server/docker-proxy.ts',
];
/** Folders that may import anything but an adapter. */
const UNRESTRICTED = ['src/backup/', 'src/cli/', 'src/docs/'];

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
  const known = [...Object.keys(MAY_IMPORT), ...UNRESTRICTED];
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

test('HTTP asks services, and never reaches through them for the engine or its store', () => {
  const reaching = sources.filter(
    ({ path, text }) =>
      path.startsWith('src/http/') && /\bengine\b|\bstore\.(read|now|transact)\b/.test(text),
  );
  expect(reaching.map(({ path }) => path)).toEqual([]);
});

/** These alone compose the server, or a command of it, from the core and the legacy wing. */
const COMPOSITION = ['src/routes.ts', 'src/server.ts', 'src/cli/server/import.ts'];

test('only the composition imports the legacy wing', () => {
  const wing = (path: string) => path.startsWith('src/legacy/');
  const intruding = edges.filter(
    ({ from, to }) => wing(to) && !wing(from) && !COMPOSITION.includes(from),
  );
  expect(intruding.map(spelled)).toEqual([]);
});

test('the library for metrics is loaded only where metrics are wanted', () => {
  const library = sources.filter(({ text }) => text.includes("'@prometheus-io/client'"));
  expect(library.map(({ path }) => path)).toEqual(['src/metrics/definitions.ts']);
  const loading = sources.flatMap(({ path, text }) =>
    [...text.matchAll(/^import (?!type).* from '.*\/metrics\/(.*)';$/gm)].map(
      ([, file]) => `${path}: ${file}`,
    ),
  );
  // It loads nothing further.
  expect(loading).toEqual(['src/metrics-server.ts: listener']);
});

test('the library for agents is loaded only when an agent calls', () => {
  const library = sources.filter(({ text }) => text.includes("'@modelcontextprotocol/server"));
  const naming = library.map(({ path }) => path);
  expect(naming.sort()).toEqual([
    'src/cli/mcp/serve.ts',
    'src/mcp/http-session.ts',
    'src/mcp/http-sessions.ts',
    'src/mcp/server.ts',
  ]);
  const loading = sources.filter(
    ({ path, text }) =>
      !naming.includes(path) &&
      /^import (?!type)[^;]* from '[^']*\/(mcp\/serve|http-sessions?|mcp\/server)';$/m.test(text),
  );
  expect(loading.map(({ path }) => path)).toEqual([]);
});

test('the client imports nothing but types from the rest, and no package', () => {
  const client = sources.filter(({ path }) => path.startsWith('src/client/'));
  expect(client.length).toBeGreaterThan(5);
  const imports = client.flatMap(({ path, text }) =>
    [...text.matchAll(/^(import|export) (type )?[^;]*? from '([^']+)';$/gm)].map(
      ([, , type, from]) => ({ path, type, from: from! }),
    ),
  );
  const own = ({ from }: { from: string }) => from.startsWith('./');
  expect(imports.filter((each) => !own(each) && each.type === undefined)).toEqual([]);
  expect(imports.filter(({ from }) => !from.startsWith('.'))).toEqual([]);
});

test('the five legacy APIs do not import one another', () => {
  const apiOf = (path: string) =>
    /^src\/legacy\/(acctpool|containers|identities|tokens|vms)\//.exec(path)?.[1];
  const crossing = edges.filter(
    ({ from, to }) => apiOf(from) && apiOf(to) && apiOf(from) !== apiOf(to),
  );
  expect(crossing.map(spelled)).toEqual([]);
});

test('each folder of drivers is registered under its name', () => {
  const folders = readdirSync(join(__dirname, '../../src/drivers'), { withFileTypes: true });
  expect(folders.filter((entry) => entry.isDirectory()).map(({ name }) => name)).toEqual(
    [...DRIVERS.keys(), basename(SSH_LOGIN)].sort(),
  );
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
