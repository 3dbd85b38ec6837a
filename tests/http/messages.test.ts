import express from 'express';
import { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerBy, patientServer } from '../../src/http/patience';

test('requests and responses are born with the prototypes that Express would give them, and are what Node makes', async () => {
  const app = express();
  app.get('/', (request, response) => response.json({ ip: request.ip, is: [request instanceof IncomingMessage, response instanceof ServerResponse] }));
  const server = patientServer();
  const born: boolean[] = [];
  // Before the app sees them.
  server.on('request', (request, response) => born.push(Object.getPrototypeOf(request) === app.request, Object.getPrototypeOf(response) === app.response));
  answerBy(app, server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  expect(await answer.json()).toEqual({ ip: '127.0.0.1', is: [true, true] });
  expect(born).toEqual([true, true]);
  await new Promise((resolve) => server.close(resolve));
});
