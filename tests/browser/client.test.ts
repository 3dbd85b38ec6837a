import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundleClient } from '../../scripts/client/build';
import { describeWithChromium, startChromium } from '../helpers/chromium';
import { temporaryDirectory } from '../helpers/engine';
import { TestServer } from '../helpers/server';

jest.setTimeout(60_000);

const POOLS = 'pools: [{ name: lab, kind: account, driver: simulated, size: 1 }]';

/** A page's script, with the bundle in it; gives what it saw. */
const script = (bundle: string, token: string) => `(async () => {
  const module = { exports: {} };
  (function (module, exports) {${bundle}})(module, module.exports);
  const { Holdfast } = module.exports;
  const holdfast = new Holdfast({ url: location.origin, token: '${token}' });
  const loan = await holdfast.borrow({ items: [{ pool: 'lab' }], for: '5m' });
  const has = loan.resources[0].credentials.password.length > 0;
  const lost = loan.lost.then(({ endReason }) => endReason);
  await fetch('/v1/reservations/' + loan.id, {
    method: 'DELETE',
    headers: { Authorization: 'Bearer ${token}' },
  });
  return { has, lost: await lost, held: loan.isHeld };
})()`;

describeWithChromium('the client in Chromium', () => {
  test('borrows, and knows by the stream of events that its loan has ended', async () => {
    const out = join(temporaryDirectory(), 'client');
    await bundleClient(resolve(__dirname, '../..'), out);
    const server = await TestServer.start({ pools: POOLS });
    const ann = await server.user('ann');
    const { body } = await ann.post('/v1/tokens').send({ name: 'client' });
    const browser = await startChromium();
    const page = await (await browser.newContext({ bypassCSP: true })).newPage();
    await page.goto(`${server.url}/livez`);
    const bundle = readFileSync(join(out, 'index.cjs'), 'utf8');
    expect(await page.evaluate(script(bundle, body.token as string))).toEqual({
      ...{ has: true, lost: 'released', held: false },
    });
    await page.close();
  });
});
