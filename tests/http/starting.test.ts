import { createServer, type Server } from 'node:http';
import request from 'supertest';
import { refuseWhileStarting } from '../../src/http/starting';
import { newId } from '../../src/ids';
import { problem } from '../helpers/server';

describe('a server that is starting', () => {
  let server: Server;
  beforeAll(() => void (server = createServer(refuseWhileStarting(newId))));

  test('answers every call with a problem, and says when to try again', async () => {
    for (const path of ['/v1/pools', '/livez', '/nothing']) {
      const { status, headers, type, body } = await request(server)
        .post(path)
        .set('X-Request-ID', 'mine')
        .send({ x: 1 });
      expect({ status, type, after: headers['retry-after'] }).toEqual({
        status: 503,
        type: 'application/problem+json',
        after: '1',
      });
      expect(body).toEqual({ ...problem(503, 'busy'), requestId: 'mine' });
      expect(headers).toMatchObject({ 'x-request-id': 'mine', 'cache-control': 'no-store' });
    }
  });

  test('sends no body for HEAD', async () => {
    const { status, text } = await request(server).head('/');
    expect({ status, text }).toEqual({ status: 503, text: undefined });
  });
});
