import { generatedDocuments } from '../../src/docs/documents';
import { TestServer } from '../helpers/server';

interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  security: Record<string, string[]>[];
  parameters?: { name: string }[];
  requestBody?: { required: boolean };
}
interface ApiDocument {
  openapi: string;
  servers: { url: string }[];
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
}

const V1 = '/openapi.json';
const LEGACY = '/openapi-legacy.json';

const generated = generatedDocuments('1.2.3');
const documentAt = (path: string) => JSON.parse(generated[path.slice(1)]!) as ApiDocument;

/** Its calls, as `get /v1/pools`. */
function callsOf({ paths }: ApiDocument): [string, Operation][] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, call]): [string, Operation] => [
      `${method} ${path}`,
      call,
    ]),
  );
}

const namesOf = (document: ApiDocument) => callsOf(document).map(([name]) => name);

describe('the server', () => {
  test('shows two documents, which describe each of its routes once', async () => {
    const server = await TestServer.start({ legacy: { mode: 'guarded' } });
    const shown = await Promise.all(
      [V1, LEGACY].map(async (path) => (await server.anybody.get(path)).body as ApiDocument),
    );
    const routes = server.routes.map(({ method, path }) => `${method} ${path}`);
    expect(shown.flatMap(namesOf).sort()).toEqual(routes.sort());
    const legacy = server.routes.filter(({ presents }) => presents);
    expect(namesOf(shown[1]!).sort()).toEqual(
      legacy.map(({ method, path }) => `${method} ${path}`).sort(),
    );
    const { links } = (await server.anybody.get('/')).body as { links: Record<string, string> };
    expect([links.openapi, links.openapiLegacy]).toEqual([V1, LEGACY]);
  });

  test('shows one document if the legacy APIs are off', async () => {
    const server = await TestServer.start();
    expect((await server.anybody.get(LEGACY)).status).toBe(404);
    expect(namesOf((await server.anybody.get(V1)).body as ApiDocument)).not.toContain(
      `get ${LEGACY}`,
    );
  });
});

describe.each([V1, LEGACY])('%s', (path) => {
  const document = documentAt(path);
  const calls = callsOf(document);

  test('names each call by an id of its own, in camel case', () => {
    const ids = calls.map(([, { operationId }]) => operationId);
    expect(ids.length).toBeGreaterThan(40);
    expect(ids.filter((id) => !/^[a-z]+([A-Z][a-z0-9]+)*$/.test(id))).toEqual([]);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  test('has each call under one heading, and explains each heading', () => {
    const headings = document.tags.map(({ name }) => name);
    expect(new Set(headings).size).toBe(headings.length);
    expect(document.tags.filter(({ description }) => description === '')).toEqual([]);
    const used = calls.map(([, { tags }]) => tags);
    expect(used.filter((tags) => tags.length !== 1 || !headings.includes(tags[0]!))).toEqual([]);
    expect(new Set(used.flat()).size).toBe(headings.length);
  });

  test('has a summary of each call, and says where the server is', () => {
    expect(calls.filter(([, { summary }]) => !/^[A-Z]/.test(summary))).toEqual([]);
    expect(document.servers).toMatchObject([{ url: '/' }]);
  });
});

test('a body is required unless its call works without one', () => {
  const bodies = [V1, LEGACY].flatMap((path) =>
    callsOf(documentAt(path)).flatMap(([name, { requestBody }]) =>
      requestBody ? [{ name, ...requestBody }] : [],
    ),
  );
  expect(bodies.length).toBeGreaterThan(25);
  expect(bodies.filter(({ required }) => !required).map(({ name }) => name)).toEqual([
    'delete /user/id/{n}',
    'post /checkout_vm',
    'delete /vmdetails/id/{n}',
  ]);
});

test('a token in the query is a credential of the legacy APIs, and no parameter', () => {
  const calls = callsOf(documentAt(LEGACY));
  const parameters = calls.flatMap(([, { parameters: each = [] }]) => each);
  expect(parameters.filter(({ name }) => name === 'token')).toEqual([]);
  expect(calls.filter(([, { security }]) => !security.some((each) => 'token' in each))).toEqual([]);
  const v1 = callsOf(documentAt(V1)).flatMap(([, { security }]) => security);
  expect(v1.filter((each) => 'token' in each)).toEqual([]);
});
