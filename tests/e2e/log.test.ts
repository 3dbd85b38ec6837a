import { errorFields } from '../../src/log';
import { ServerProcess } from '../helpers/process';

jest.setTimeout(60_000);

test('a failed query is logged without its parameters', () => {
  const failed = Object.assign(new Error('Failed query: insert …\nparams: hunter22'), {
    query: 'insert into t values (?)',
    params: ['hunter22'],
    cause: Object.assign(new Error('full'), { code: 'SQLITE_FULL' }),
  });
  const fields = errorFields(failed);
  expect(fields).toMatchObject({
    type: 'Error',
    message: 'Failed query: insert into t values (?)',
    cause: { message: 'full', code: 'SQLITE_FULL' },
  });
  expect(JSON.stringify(fields)).not.toContain('hunter22');
  expect(errorFields('hunter22')).toEqual({
    type: 'string',
    message: 'a value that is not an error was thrown',
  });
});

test('a request is one line with its id, and so is a pass that did something', async () => {
  const server = await ServerProcess.start({
    pools: 'pools: [{ name: lab, kind: account, driver: simulated, size: 1 }]',
  });
  const token = await server.setUp();
  await server.http.get('/v1/me?x=1', { token, headers: { 'X-Request-ID': 'mine' } });
  const line = await server.log.line(({ requestId }) => requestId === 'mine', 'the request');
  expect(line).toMatchObject({
    level: 30,
    msg: 'request',
    method: 'GET',
    route: '/v1/me',
    status: 400,
    ms: expect.any(Number),
  });
  const pass = await server.log.line(
    ({ msg, job }) => msg === 'pass' && job === 'reconcile',
    'a pass',
  );
  expect(pass).toMatchObject({ level: 30, written: expect.any(Number), ms: expect.any(Number) });
  expect(server.log.lines.filter(({ msg, written }) => msg === 'pass' && written === 0)).toEqual(
    [],
  );
  await server.stop();
});
