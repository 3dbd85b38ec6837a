import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Collector } from '../../src/metrics/collector';
import { metricsServer } from '../../src/metrics/listener';
import { whenDone } from '../helpers/cleanups';

/** The server that shows the metrics and nothing else. */

async function serve(collector: () => Pick<Collector, 'contentType' | 'render'> | null) {
  const server = metricsServer(collector as () => Collector | null);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  whenDone(() => void server.close().closeAllConnections());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return async (path: string, method = 'GET') => {
    const answer = await fetch(url + path, { method });
    return [answer.status, await answer.text()];
  };
}

test('it answers at /metrics, to GET, and to nothing else', async () => {
  const ask = await serve(() => ({
    contentType: 'text/plain; version=0.0.4; charset=utf-8',
    render: async () => 'up 1\n',
  }));
  expect(await ask('/metrics')).toEqual([200, 'up 1\n']);
  expect(await ask('/metrics?format=text')).toEqual([200, 'up 1\n']);
  expect(await ask('/metrics', 'POST')).toEqual([405, 'Use GET.\n']);
  for (const path of ['/', '/v1/pools', '/metrics/']) expect((await ask(path))[0]).toBe(404);
});

test('it answers 503 until the server has started, and when the database cannot be read', async () => {
  let collector: Pick<Collector, 'contentType' | 'render'> | null = null;
  const ask = await serve(() => collector);
  expect((await ask('/metrics'))[0]).toBe(503);
  collector = { contentType: 'text/plain', render: () => Promise.reject(new Error('at rest')) };
  expect(await ask('/metrics')).toEqual([503, 'The database cannot be read.\n']);
});
