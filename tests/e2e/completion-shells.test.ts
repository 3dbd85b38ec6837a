import { describeWithShell, Home, type RealShell } from '../helpers/shells';
import { TestServer } from '../helpers/server';

jest.setTimeout(60_000);

const NOWHERE = { HOLDFAST_URL: 'http://127.0.0.1:2', HOLDFAST_TOKEN: 'hf_x' };

describe.each<RealShell>(['zsh', 'fish'])('the script of %s', (shell) => {
  describeWithShell(shell, `in ${shell}`, () => {
    const home = new Home();
    let env: Record<string, string> = NOWHERE;
    const offered = async (line: string) => (await home.offered(shell, line, env)).sort();

    test('offers commands, and those below them', async () => {
      expect(await offered('holdfast res')).toEqual([
        'reserve',
        'reset-password',
        'resize',
        'restore',
      ]);
      expect(await offered('holdfast users c')).toEqual(['change']);
    });

    test('offers flags, and the words that one may have', async () => {
      expect(await offered('holdfast serve --p')).toEqual(['--pools', '--port']);
      expect(await offered('holdfast ls --status ')).toEqual([
        'active',
        'ended',
        'preparing',
        'queued',
      ]);
      expect(await offered('holdfast completion ')).toEqual(['bash', 'fish', 'zsh']);
    });

    test('offers files where the command takes one', async () => {
      home.write('borrowed.json', '{}');
      expect(await offered('holdfast import bor')).toEqual(['borrowed.json']);
      expect(await offered('holdfast serve --pools bor')).toEqual(['borrowed.json']);
    });

    test('is silent about pools without a server', async () => {
      expect(await offered('holdfast queue ')).toEqual([]);
    });

    test('offers pools, resources and ids of the server', async () => {
      const server = await TestServer.start({
        pools: 'pools: [{ name: lab, kind: account, driver: simulated, size: 2 }]',
      });
      await server.test.settle();
      const admin = await server.admin();
      const { body } = await admin.post('/v1/tokens').send({ name: 'cli' });
      const loan = await admin.post('/v1/reservations').send({ items: [{ pool: 'lab' }] });
      env = {
        HOLDFAST_URL: server.url,
        HOLDFAST_TOKEN: body.token as string,
        HOLDFAST_TIMEOUT: '30s',
      };
      expect(await offered('holdfast queue ')).toEqual(['lab']);
      expect(await offered('holdfast ls --pool l')).toEqual(['lab']);
      expect(await offered('holdfast maintenance lab')).toEqual(['lab-1', 'lab-2']);
      expect(await offered('holdfast show ')).toEqual([loan.body.id]);
    });
  });
});
