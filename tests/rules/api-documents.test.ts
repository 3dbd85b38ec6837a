import { generatedDocuments } from '../../src/docs/documents';

/** A part of a document: a schema, an operation, or what lies between. */
type Part = Record<string, unknown>;

const isPart = (value: unknown): value is Part => typeof value === 'object' && value !== null;
const partsOf = (value: unknown) => (isPart(value) ? Object.entries(value) : []);
const isDescribed = ({ description, $ref }: Part) => Boolean(description ?? $ref);

/** Places of properties without a description, in `value` and below. */
function undescribedIn(value: unknown, place: string): string[] {
  if (!isPart(value)) return [];
  const bad = partsOf(value.properties).flatMap(([name, schema]) =>
    isPart(schema) && !isDescribed(schema) ? [`${place}.${name}`] : [],
  );
  return [
    ...bad,
    ...partsOf(value).flatMap(([name, part]) => undescribedIn(part, `${place}/${name}`)),
  ];
}

const documents = generatedDocuments('1.2.3');

describe.each(['openapi.json', 'openapi-legacy.json'])('%s', (name) => {
  const document = JSON.parse(documents[name]!) as { paths: Part; components: { schemas?: Part } };
  const calls = partsOf(document.paths).flatMap(([path, methods]) =>
    partsOf(methods).map(([method, call]) => ({ name: `${method} ${path}`, call: call as Part })),
  );

  test('every property is described, and so is every schema with a name', () => {
    const schemas = partsOf(document.components.schemas);
    expect(schemas.filter(([, schema]) => !isDescribed(schema as Part)).map(([id]) => id)).toEqual(
      [],
    );
    expect(undescribedIn(document.components.schemas, '')).toEqual([]);
    expect(undescribedIn(document.paths, '')).toEqual([]);
  });

  test('every parameter is described', () => {
    const parameters = calls.flatMap(({ name: at, call }) =>
      partsOf(call.parameters).map(([, each]) => ({ at, ...(each as { name: string }) })),
    );
    expect(parameters.length).toBeGreaterThan(20);
    expect(
      parameters.filter((each) => !isDescribed(each)).map(({ at, name: of }) => [at, of]),
    ).toEqual([]);
  });

  test('every call has an id, one heading and a summary of one line', () => {
    const bad = calls.filter(
      ({ call: { operationId, tags, summary } }) =>
        typeof operationId !== 'string' ||
        !Array.isArray(tags) ||
        tags.length !== 1 ||
        typeof summary !== 'string' ||
        !/^[A-Z][^\n]*[^.\n]$/.test(summary),
    );
    expect(bad.map(({ name: call }) => call)).toEqual([]);
  });
});

test('the rule finds what lacks a description, at any depth', () => {
  const schema = { properties: { a: { description: 'x', items: { properties: { b: {} } } } } };
  expect(undescribedIn({ properties: { c: {} }, more: [schema] }, '')).toEqual([
    '.c',
    '/more/0/properties/a/items.b',
  ]);
});
