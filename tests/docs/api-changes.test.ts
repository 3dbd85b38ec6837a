import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiDocument, Operation } from '../../scripts/api/document';
import { breakingChanges } from '../../scripts/api/document-changes';
import { changesSinceRelease } from '../../scripts/api/released';
import type { Schema } from '../../scripts/api/schema';

const json = (schema: Schema) => ({ 'application/json': { schema } });

const REQUEST: Schema = {
  type: 'object',
  properties: {
    name: { type: 'string', maxLength: 9 },
    size: { type: ['number', 'null'], minimum: 0 },
    kind: { enum: ['vm', 'host'] },
    labels: {
      type: 'object',
      propertyNames: { pattern: '^a' },
      additionalProperties: { type: 'string' },
    },
    items: { type: 'array', items: { $ref: '#/components/schemas/Item' } },
    until: { anyOf: [{ type: 'null' }, { const: 'never' }, { type: 'integer' }] },
  },
  required: ['name'],
  additionalProperties: false,
};
const ITEM: Schema = {
  type: 'object',
  properties: { pool: { type: 'string' }, inner: { $ref: '#/components/schemas/Item' } },
  additionalProperties: false,
};
const ANSWER: Schema = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    status: { type: 'string', enum: ['queued', 'active'] },
    at: { type: 'string', format: 'date-time', pattern: '^2' },
    note: { type: 'string' },
    said: { anyOf: [{ type: 'object', properties: { a: { type: 'string' } } }, { type: 'null' }] },
    list: { type: 'array', items: { type: 'object', properties: { x: { type: 'string' } } } },
  },
  required: ['id', 'status', 'at'],
  additionalProperties: false,
};

const POST = (): Operation => ({
  operationId: 'add',
  security: [{ bearer: [] }, { basic: [] }],
  parameters: [
    { name: 'wait', in: 'query', schema: { type: 'integer', maximum: 60 } },
    { name: 'order', in: 'query', schema: { enum: ['asc', 'desc'] } },
  ],
  requestBody: { required: true, content: json(REQUEST) },
  responses: { 201: { content: json(ANSWER) }, 204: {}, 409: { content: json({}) } },
});

/** The parts of a copy of the document that a case changes. */
interface Parts {
  document: ApiDocument;
  post: Operation;
  request: Record<string, Schema>;
  item: Record<string, Schema>;
  answer: Record<string, Schema>;
  whole: { request: Schema; answer: Schema };
}

function released(): ApiDocument {
  return structuredClone({
    paths: { '/x': { post: POST(), get: { operationId: 'list', responses: { 200: {} } } } },
    components: { schemas: { Item: ITEM } },
  });
}

/** The changes that a client notices after `edit`. */
function noticed(edit: (parts: Parts) => void): string[] {
  const document = released();
  const post = document.paths['/x']!.post!;
  const request = post.requestBody!.content['application/json']!.schema!;
  const answer = post.responses[201]!.content!['application/json']!.schema!;
  edit({
    document,
    post,
    request: request.properties!,
    item: document.components!.schemas!.Item!.properties!,
    answer: answer.properties!,
    whole: { request, answer },
  });
  return breakingChanges(released(), document);
}

const BREAKING: [string, (parts: Parts) => void, string][] = [
  ['a path goes', ({ document }) => delete document.paths['/x']!.get, 'get /x: is gone'],
  [
    'a call has another name',
    ({ post }) => (post.operationId = 'put'),
    'post /x: is called put, and was add',
  ],
  [
    'a way to sign in goes',
    ({ post }) => post.security!.pop(),
    'post /x: no longer takes the credential basic',
  ],
  [
    'a public call needs a credential',
    ({ document }) => (document.paths['/x']!.get!.security = [{ bearer: [] }]),
    'get /x: needs a credential',
  ],
  [
    'a parameter goes',
    ({ post }) => post.parameters!.pop(),
    'post /x: query parameter order is gone',
  ],
  [
    'a parameter has to be sent',
    ({ post }) => (post.parameters![0]!.required = true),
    'post /x: query parameter wait is required',
  ],
  [
    'a new parameter has to be sent',
    ({ post }) => post.parameters!.push({ name: 'new', in: 'header', required: true }),
    'post /x: header parameter new is required',
  ],
  [
    'a parameter takes less',
    ({ post }) => (post.parameters![0]!.schema!.maximum = 30),
    'post /x: query parameter wait has a narrower maximum',
  ],
  [
    'a parameter loses a value',
    ({ post }) => post.parameters![1]!.schema!.enum!.pop(),
    'post /x: query parameter order no longer takes "desc"',
  ],
  [
    'a call without a body gets one',
    ({ document }) =>
      (document.paths['/x']!.get!.requestBody = { required: true, content: json({}) }),
    'get /x: body is required',
  ],
  ['a body goes', ({ post }) => delete post.requestBody, 'post /x: body is gone'],
  [
    'a body has another type of content',
    ({ post }) => (post.requestBody!.content = { 'text/plain': {} }),
    'post /x: body is no longer taken as application/json',
  ],
  [
    'a request loses a property',
    ({ request }) => delete request.size,
    'post /x: body.size is gone',
  ],
  [
    'a request loses a property deep inside',
    ({ item }) => delete item.pool,
    'post /x: body.items[].pool is gone',
  ],
  [
    'a property has to be sent',
    ({ whole }) => whole.request.required!.push('kind'),
    'post /x: body.kind is required',
  ],
  [
    'a new property has to be sent',
    ({ request, whole }) => {
      request.more = { type: 'string' };
      whole.request.required!.push('more');
    },
    'post /x: body.more is required',
  ],
  [
    'a request loses a value',
    ({ request }) => request.kind!.enum!.pop(),
    'post /x: body.kind no longer takes "host"',
  ],
  [
    'a text becomes a choice',
    ({ request }) => (request.name!.enum = ['x']),
    'post /x: body.name no longer takes other values',
  ],
  [
    'a request loses null',
    ({ request }) => (request.size!.type = 'number'),
    'post /x: body.size no longer takes null',
  ],
  [
    'a request has another type',
    ({ request }) => (request.name = { type: 'number' }),
    'post /x: body.name no longer takes string',
  ],
  [
    'a number has to be whole',
    ({ request }) => (request.size!.type = ['integer', 'null']),
    'post /x: body.size no longer takes number',
  ],
  [
    'a choice loses a form',
    ({ request }) => request.until!.anyOf!.splice(1, 1),
    'post /x: body.until no longer takes "never"',
  ],
  [
    'a text has to be shorter',
    ({ request }) => (request.name!.maxLength = 8),
    'post /x: body.name has a narrower maxLength',
  ],
  [
    'a text gets a pattern',
    ({ request }) => (request.name!.pattern = '^x'),
    'post /x: body.name has a narrower pattern',
  ],
  [
    'a number has to be larger',
    ({ request }) => (request.size!.minimum = 1),
    'post /x: body.size has a narrower minimum',
  ],
  [
    'free names become none',
    ({ request }) => (request.labels!.additionalProperties = false),
    'post /x: body.labels.* is gone',
  ],
  [
    'free names have to be others',
    ({ request }) => (request.labels!.propertyNames!.pattern = '^b'),
    'post /x: body.labels.* as a name has a narrower pattern',
  ],
  [
    'values under free names are others',
    ({ request }) => (request.labels!.additionalProperties = { type: 'number' }),
    'post /x: body.labels.* no longer takes string',
  ],
  ['a status goes', ({ post }) => delete post.responses[204], 'post /x: answer 204 is gone'],
  [
    'an answer has another type of content',
    ({ post }) => (post.responses[201]!.content = { 'text/plain': {} }),
    'post /x: answer 201 is no longer application/json',
  ],
  [
    'an answer loses a property',
    ({ answer }) => delete answer.note,
    'post /x: answer 201.note is gone',
  ],
  [
    'an answer loses a required property',
    ({ answer, whole }) => {
      delete answer.id;
      whole.answer.required!.shift();
    },
    'post /x: answer 201.id is gone',
  ],
  [
    'an answer loses a property of one of its forms',
    ({ answer }) => (answer.said!.anyOf![0] = { type: 'object' }),
    'post /x: answer 201.said.a is gone',
  ],
  [
    'an answer loses a property in a list',
    ({ answer }) => (answer.list!.items = { type: 'object' }),
    'post /x: answer 201.list[].x is gone',
  ],
  [
    'a property of an answer may be missing',
    ({ whole }) => whole.answer.required!.shift(),
    'post /x: answer 201.id may now be missing',
  ],
  [
    'an answer gets a value',
    ({ answer }) => answer.status!.enum!.push('new'),
    'post /x: answer 201.status may now be "new"',
  ],
  [
    'a choice becomes any text',
    ({ answer }) => delete answer.status!.enum,
    'post /x: answer 201.status may now be other values',
  ],
  [
    'an answer gets null',
    ({ answer }) => (answer.id!.type = ['string', 'null']),
    'post /x: answer 201.id may now be null',
  ],
  [
    'an answer gets another type',
    ({ answer }) => (answer.id = { type: 'integer' }),
    'post /x: answer 201.id may now be integer',
  ],
  [
    'an answer may be anything',
    ({ answer }) => (answer.id = {}),
    'post /x: answer 201.id may now be anything',
  ],
  [
    'an instant becomes any text',
    ({ answer }) => delete answer.at!.format,
    'post /x: answer 201.at has another format',
  ],
];

const HARMLESS: [string, (parts: Parts) => void][] = [
  ['nothing', () => undefined],
  ['a new path', ({ document }) => (document.paths['/y'] = { get: { responses: {} } })],
  ['a new method', ({ document }) => (document.paths['/x']!.patch = { responses: {} })],
  ['a new way to sign in', ({ post }) => post.security!.push({ token: [] })],
  ['a call that needs no credential any more', ({ post }) => post.security!.push({})],
  ['a new parameter', ({ post }) => post.parameters!.push({ name: 'new', in: 'query' })],
  ['a parameter that takes more', ({ post }) => (post.parameters![0]!.schema!.maximum = 90)],
  ['a new property of a request', ({ item }) => (item.more = { type: 'string' })],
  ['a new value of a request', ({ request }) => request.kind!.enum!.push('item')],
  ['a choice that becomes any text', ({ request }) => (request.kind = { type: 'string' })],
  ['a property that need not be sent', ({ whole }) => delete whole.request.required],
  [
    'a type that a request takes besides',
    ({ request }) => (request.name!.type = ['string', 'null']),
  ],
  ['a body that need not be sent', ({ post }) => (post.requestBody!.required = false)],
  ['a longer text in a request', ({ request }) => delete request.name!.maxLength],
  ['a request that takes anything', ({ request }) => (request.name = {})],
  ['a new status', ({ post }) => (post.responses[429] = {})],
  ['a new property of an answer', ({ answer }) => (answer.more = { type: 'string' })],
  ['a value that an answer no longer has', ({ answer }) => answer.status!.enum!.pop()],
  ['a property that an answer always has', ({ whole }) => whole.answer.required!.push('note')],
  ['an answer that is never null', ({ answer }) => answer.said!.anyOf!.pop()],
  ['a longer text in an answer', ({ answer }) => (answer.at!.pattern = '^')],
  ['other words', ({ answer }) => (answer.id!.description = 'An id.')],
];

describe('a client of the last release breaks if', () => {
  test.each(BREAKING)('%s', (_title, edit, change) => expect(noticed(edit)).toEqual([change]));
});

describe('a client of the last release does not notice', () => {
  test.each(HARMLESS)('%s', (_title, edit) => expect(noticed(edit)).toEqual([]));
});

test('a reference that leads nowhere is an error', () => {
  expect(() => noticed(({ request }) => (request.items!.items!.$ref = '#/nowhere'))).toThrow(
    '#/nowhere leads nowhere.',
  );
});

test('the routes of today break nothing of the last release', () => {
  expect(changesSinceRelease()).toEqual([]);
});

test.each(['released.json', 'released-legacy.json'])('docs/api/%s has every call', (file) => {
  const text = readFileSync(join(__dirname, '../../docs/api', file), 'utf8');
  const { paths } = JSON.parse(text) as ApiDocument;
  expect(Object.keys(paths).length).toBeGreaterThan(30);
});
