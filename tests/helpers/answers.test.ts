import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import request from 'supertest';
import { z } from 'zod';
import { DomainError } from '../../src/domain/errors';
import { createApp } from '../../src/http/app';
import { openApiDocument } from '../../src/http/openapi';
import { V1_API } from '../../src/http/v1/about';
import { route, type Answer } from '../../src/http/route';
import { newId } from '../../src/ids';
import { judgeAnswers, takeFaults } from './answers';
import { whenDone } from './cleanups';
import { Contract, type ApiDocument } from './contract';
import { HttpClient } from './http-client';
import { TestServer } from './server';

const silent = { info: () => {}, warn: () => {}, error: () => {} };
let testServer: TestServer;
beforeAll(async () => (testServer = await TestServer.start()));
const body = z.object({ at: z.iso.datetime(), count: z.number().int() });
const FINE = { at: '2026-01-01T00:00:00.000Z', count: 1 };

/** An app with one documented route, which gives `answer`. */
function answering(answer: Answer) {
  const routes = [
    route({
      method: 'get',
      path: '/v1/things/{id}',
      operationId: 'getThing',
      summary: 'Show a thing',
      access: 'public',
      params: z.object({ id: z.string() }),
      answers: { 200: { description: 'The thing.', body } },
      errors: [],
      handle: async () => answer,
    }),
  ];
  const judge = new Contract([openApiDocument(routes, V1_API, '1') as unknown as ApiDocument]);
  const { services } = testServer;
  const app = createApp({ routes, services, logger: silent, newId, trustProxy: false });
  const server = createServer(judgeAnswers(judge)).on('request', app);
  return request(server);
}

const json = (sent: unknown) => ({ status: 200, body: sent });

test.each<[string, Answer, string[]]>([
  ['that fits', json(FINE), []],
  ['of an undocumented status', { status: 204 }, [': documented are 200, 400, ']],
  ['with a wrong field', json({ ...FINE, count: 'one' }), [': /count must be integer']],
  ['with a wrong format', json({ ...FINE, at: 'noon' }), [': /at must match pattern ']],
  ['without a field', json({ count: 1 }), [`: the body must have required property 'at'`]],
  [
    'with an undocumented field',
    json({ ...FINE, secret: 1 }),
    [': the body must NOT have additional properties (secret)'],
  ],
  ['without its body', { status: 200 }, [': the type "" is not among application/json']],
  [
    'of an undocumented type',
    { status: 200, text: 'one', headers: { 'Content-Type': 'text/plain' } },
    [': the type "text/plain" is not among application/json'],
  ],
])('an answer %s is judged', async (_, answer, said) => {
  await answering(answer).get('/v1/things/1');
  const faults = takeFaults();
  expect(faults).toEqual(said.map((text) => expect.stringContaining(text) as string));
  for (const fault of faults) expect(fault).toMatch(/^get \/v1\/things\/\{id\} answered \d+: /);
});

test('an error is judged, and anything that has no operation is nothing but an error', async () => {
  const app = answering(json(FINE));
  await app.get('/v1/things/1?deep=1').expect(400);
  await app.get('/v1/nothing').expect(404);
  await app.delete('/v1/things/1').expect(405);
  await app.head('/v1/things/1').expect(200);
  expect(takeFaults()).toEqual([]);
});

test('the app under test is judged by the documents in docs', async () => {
  const admin = await testServer.admin();
  const identify = jest.spyOn(testServer.services.authentication, 'identify');
  identify.mockRejectedValueOnce(new DomainError('conflict', 'Not now.'));
  await admin.get('/v1/me').expect(409);
  expect(takeFaults()).toEqual([
    expect.stringMatching(/^get \/v1\/me answered 409: documented are /),
  ]);
});

test('a real server that answers something undocumented fails the call', async () => {
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ version: '1', commit: null, node: '26', sqlite: '3', os: 'x' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  whenDone(() => void server.close());
  const http = new HttpClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await expect(http.get('/version')).rejects.toThrow(
    'get /version answered 200: the body must NOT have additional properties ' + '(os)',
  );
});
