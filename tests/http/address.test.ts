import request from 'supertest';
import { createApp } from '../../src/http/app';
import { parseAddress } from '../../src/http/address';
import { newId } from '../../src/ids';
import { allRoutes } from '../../src/routes';
import { BUILD, TestServer } from '../helpers/server';

test.each([
  ['203.0.113.9', '203.0.113.9'],
  ['203.0.113.9:5001', '203.0.113.9'],
  [' 203.0.113.9 ', '203.0.113.9'],
  ['2001:DB8:0::1', '2001:db8::1'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['[2001:db8::1]:5001', '2001:db8::1'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['::ffff:cb00:7109', '203.0.113.9'],
  ['fe80::1%eth0', 'fe80::1'],
  ['unknown', null],
  ['_hidden', null],
  ['203.0.113.9:port', null],
  ['203.0.113.256', null],
  ['3405803785', null],
  ['', null],
])('%j is the address %j', (text, address) => expect(parseAddress(text)).toBe(address));

/** An app behind proxies, with limits and with legacy APIs that are open to one address. */
async function behind(trustProxy: number | string[], login = 0, address = 0) {
  const { services } = await TestServer.start();
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const app = createApp({
    routes: allRoutes({
      build: BUILD,
      legacy: { mode: 'open', openCidrs: ['203.0.113.9'], hosts: ['127.0.0.1'] },
      github: false,
    }),
    services,
    logger: log,
    newId,
    trustProxy,
    rates: { token: 0, address, login },
  });
  return (path: string, forwardedFor: string) =>
    request(app).get(path).set('X-Forwarded-For', forwardedFor);
}

test('failed sign-ins count under an address, whatever port the proxy adds', async () => {
  const get = await behind(['loopback'], 2);
  const guess = (from: string) => get('/v1/me', from).auth('ann@example.org', 'guess');
  expect([
    (await guess('203.0.113.9:5001')).status,
    (await guess('203.0.113.9:5002')).status,
    (await guess('203.0.113.9')).status,
    (await guess('203.0.113.8:5001')).status,
  ]).toEqual([401, 401, 429, 401]);
});

test('a trusted address is answered with a port, and no other', async () => {
  const get = await behind(['loopback']);
  for (const [from, status] of [
    ['203.0.113.9:5001', 200],
    ['203.0.113.9', 200],
    ['::ffff:203.0.113.9', 200],
    ['203.0.113.8:5001', 403],
    ['unknown', 403],
  ] as const)
    expect({ from, status: (await get('/vmpoolsize', from)).status }).toEqual({ from, status });
});

test('a proxy is recognised with a port', async () => {
  const get = await behind(['loopback', '198.51.100.7']);
  expect((await get('/vmpoolsize', '203.0.113.9:5001, 198.51.100.7:443')).status).toBe(200);
});

test('an entry that is no address counts under the proxy that wrote it', async () => {
  const get = await behind(2, 0, 1);
  expect([
    (await get('/version', 'unknown, 203.0.113.9')).status,
    (await get('/version', '_other, 203.0.113.9:80')).status,
    (await get('/version', 'unknown')).status,
    (await get('/version', 'more')).status,
  ]).toEqual([200, 429, 200, 429]);
});
