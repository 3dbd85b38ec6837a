import { shortId } from '../../src/drivers/ssh-login/names';
import { firstOutput, holdSsh } from '../helpers/docker';
import { ServerProcess } from '../helpers/process';
import { describeWithQemu, processesNaming } from '../helpers/qemu';
import { settingsOf } from '../drivers/qemu.fixture';

const POOLS = JSON.stringify({
  pools: [
    {
      name: 'machines',
      kind: 'vm',
      driver: 'qemu',
      settings: JSON.parse(JSON.stringify(settingsOf())) as object,
      size: 1,
      types: [{ name: 'small', spec: { memoryMb: 160 } }],
      lease: { default: '10m' },
    },
  ],
  legacy: { vms: 'machines' },
});

describeWithQemu('a real VM, from a real server', () => {
  let server: ServerProcess;
  let token: string;
  let installation: string;

  const get = async (path: string) => (await server.http.get(path, { token })).body;
  const guests = () => processesNaming(`guest=holdfast-${shortId(installation)}-`);

  beforeAll(async () => {
    server = await ServerProcess.start({ pools: POOLS });
    token = await server.setUp();
    installation = (await server.store.metadata('installation'))!;
  });
  afterAll(async () => {
    await server?.stop();
    if (installation) for (const { pid } of guests()) process.kill(pid, 'SIGKILL');
  });

  test('a holder logs in with what the API says, also after a kill; then a new VM is there', async () => {
    const wish = { access: { username: 'ann' }, items: [{ pool: 'machines' }] };
    const { body: loan } = await server.http.post('/v1/reservations?wait=60', {
      token,
      body: wish,
    });
    expect(loan.status).toBe('active');
    const { id, name, details, credentials } = loan.resources[0];
    expect(details).toMatchObject({ hostname: name, powerState: 'running', type: 'small' });
    const [byNumber] = Object.values<object>(await get('/vmdetails'));
    expect(Object.values(byNumber!)).toMatchObject([
      { vm_name: name, vm_ip: '127.0.0.1', vm_type: 'small', vm_Status: 'running' },
    ]);
    const { port, username, password } = credentials;
    const held = await holdSsh(port, { username, password });
    await expect(firstOutput(held.client, 'echo $(id -un) $(hostname)')).resolves.toBe(
      `ann ${name}\n`,
    );
    const [before] = guests();

    await server.kill();
    server = await ServerProcess.start({ dataDir: server.dataDir, pools: POOLS });
    expect(guests()).toEqual([before]);
    await expect(firstOutput(held.client, 'echo still here')).resolves.toBe('still here\n');

    await server.http.delete(`/v1/reservations/${loan.id}`, { token });
    await held.cut;
    await server.until(
      'a new VM is there',
      async () => (await get(`/v1/resources/${id}`)).available,
    );
    const after = await get(`/v1/resources/${id}`);
    expect(after.details.hostKey).not.toBe(details.hostKey);
    await expect(holdSsh(after.details.port, { username, password })).rejects.toMatchObject({
      level: 'client-authentication',
    });
    expect(guests()).toHaveLength(1);
    expect(guests()[0]!.pid).not.toBe(before!.pid);
    const [record] = (await get(`/v1/resources/${id}/returns`)).items;
    expect(record).toMatchObject({
      cause: 'loan',
      outcome: 'returned',
      level: 'R4',
      needed: 'R4',
      reservationId: loan.id,
      shown: { replaced: { gone: expect.stringContaining(id as string) as string } },
    });
  });
});
