import { shortId } from '../../src/drivers/ssh-login/names';
import { settingsOf } from '../drivers/qemu.fixture';
import { firstOutput, holdSsh } from '../helpers/docker';
import { temporaryDirectory } from '../helpers/engine';
import { ServerProcess } from '../helpers/process';
import { describeWithQemu, processesNaming } from '../helpers/qemu';
import { BINARY } from './support/binary';

const VMS = { name: 'vms', kind: 'vm', driver: 'qemu', size: 1, settings: settingsOf() };

describeWithQemu('a real VM, lent by the executable', () => {
  let server: ServerProcess;

  beforeAll(async () => {
    server = await ServerProcess.start({
      pools: JSON.stringify({ pools: [VMS] }),
      env: { HOME: temporaryDirectory() },
      program: { command: [BINARY, 'serve'] },
    });
  });

  afterAll(async () => {
    const installation = await server.store.metadata('installation');
    await server.stop();
    for (const { pid } of processesNaming(`guest=holdfast-${shortId(installation!)}-`))
      process.kill(pid, 'SIGKILL');
  });

  test('lets its holder in over SSH, and needs no file but the image', async () => {
    const token = await server.setUp();
    const body = { items: [{ pool: 'vms' }] };
    const loan = await server.http.post('/v1/reservations?wait=60', { token, body });
    expect(loan).toMatchObject({ status: 201, body: { status: 'active' } });
    const { port, username, password } = loan.body.resources[0].credentials;
    const { client } = await holdSsh(port, { username, password });
    await expect(firstOutput(client, 'id -un')).resolves.toBe(`${username}\n`);
    client.end();
  });
});
