import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { shortId } from '../../src/drivers/ssh-login/names';
import { letsIn } from '../drivers/ssh.fixture';
import { CiServer } from '../helpers/ci-server';
import { firstOutput, holdSsh } from '../helpers/docker';
import { temporaryDirectory } from '../helpers/engine';
import { ServerProcess } from '../helpers/process';
import { describeWithQemu, processesNaming, QEMU_IMAGE } from '../helpers/qemu';
import { describeWithHosts, Lab, type SshHost } from '../helpers/ssh-host';

/** examples/lab/pools.yaml as it is, but for the folder that holds the files of the lab. */

jest.setTimeout(400_000);

/** Five virtual machines boot at once, perhaps beside other tests; the longest that may take, in ms. */
const FIVE_MACHINES = 240_000;

const EXAMPLE = resolve(__dirname, '../../examples/lab');
const SIZES = { ci: 3, licences: 6, machines: 4, vms: 5 };
const KEYS = { CAD_KEY: 'the key of cad', SIMULATOR_KEY: 'the key of the simulator' };

interface Login {
  host: string;
  port: number;
  username: string;
  password: string;
}

/** The files that README.md of the example asks for, in a folder of their own. */
function furnish(folder: string, lab: Lab): void {
  cpSync(join(EXAMPLE, 'ci-account.sh'), join(folder, 'ci-account.sh'));
  mkdirSync(join(folder, 'keys'));
  copyFileSync(lab.privateKeyFile, join(folder, 'keys/control'));
  chmodSync(join(folder, 'keys/control'), 0o600);
  copyFileSync(lab.knownHosts, join(folder, 'keys/known_hosts'));
  symlinkSync(QEMU_IMAGE, join(folder, 'vm'));
}

const variablesOf = (hosts: SshHost[]) =>
  Object.fromEntries(
    hosts.flatMap(({ fields }, index) => [
      [`RACK_${index + 1}_HOST`, fields.host],
      [`RACK_${index + 1}_PORT`, String(fields.port)],
    ]),
  );

/** Logs in over SSH, and tells when the session is cut. */
async function sessionOf({ port, username, password }: Login): Promise<{ cut: Promise<void> }> {
  const held = await holdSsh(port, { username, password });
  await expect(firstOutput(held.client, 'id -un')).resolves.toBe(`${username}\n`);
  return held;
}

const described = (name: string, fn: () => void) =>
  describeWithHosts(name, () => describeWithQemu('and virtual machines', fn));

described('the pools of a lab', () => {
  const lab = new Lab();
  let ci: CiServer;
  let server: ServerProcess;
  let token: string;

  const get = async (path: string) => (await server.http.get(path, { token })).body;
  const statesOf = async (pool: string) =>
    ((await get(`/v1/resources?pool=${pool}`)).items as { status: string; reason: string }[])
      .map(({ status, reason }) => [status, reason].join(' '))
      .join(', ');
  const untilAllAvailable = async (pool: keyof typeof SIZES) => {
    const isWhole = async () => {
      const { counts } = await get(`/v1/pools/${pool}`);
      return counts.available === SIZES[pool];
    };
    await server.until(`all of ${pool} available`, isWhole, FIVE_MACHINES).catch(async (error) => {
      throw new Error(`${error.message}: ${await statesOf(pool)}`);
    });
  };
  const borrow = async (pool: string) => {
    const body = { items: [{ pool }] };
    const { body: loan } = await server.http.post('/v1/reservations?wait=60', { token, body });
    expect(loan).toMatchObject({ status: 'active' });
    return { id: loan.id as string, resource: loan.resources[0] };
  };
  /** Gives a loan back; the record of the return, once the resource can be lent again. */
  const giveBack = async (id: string, pool: keyof typeof SIZES) => {
    await server.http.delete(`/v1/reservations/${id}`, { token });
    await untilAllAvailable(pool);
    const { items } = await get(`/v1/returns?pool=${pool}`);
    return items[0];
  };

  beforeAll(async () => {
    const hosts = await Promise.all([1, 2, 3, 4].map(() => lab.host()));
    const folder = temporaryDirectory();
    furnish(folder, lab);
    ci = await CiServer.start(join(folder, 'ci'));
    const pools = readFileSync(join(EXAMPLE, 'pools.yaml'), 'utf8').replaceAll('/srv/lab', folder);
    server = await ServerProcess.start({ pools, env: { ...KEYS, ...variablesOf(hosts) } });
    token = await server.setUp();
  });
  afterAll(async () => {
    const installation = await server?.store.metadata('installation');
    await server?.stop();
    if (installation)
      for (const { pid } of processesNaming(`guest=holdfast-${shortId(installation)}-`))
        process.kill(pid, 'SIGKILL');
    await ci?.close();
    await lab.close();
  });

  test('an account of the CI server: the login works, and not after the loan (R2)', async () => {
    await untilAllAvailable('ci');
    const { id, resource } = await borrow('ci');
    expect(resource.details).toMatchObject({ url: ci.url });
    expect(await ci.statusFor(resource.credentials)).toBe(200);
    expect(await giveBack(id, 'ci')).toMatchObject({
      reservationId: id,
      level: 'R2',
      outcome: 'returned',
    });
    expect(await ci.statusFor(resource.credentials)).toBe(401);
  });

  test('a seat of each licence, with its key (R0)', async () => {
    await untilAllAvailable('licences');
    const seats = { cad: KEYS.CAD_KEY, simulator: KEYS.SIMULATOR_KEY };
    for (const [name, key] of Object.entries(seats)) {
      const body = { items: [{ resource: `${name}.3` }] };
      const { body: loan } = await server.http.post('/v1/reservations', { token, body });
      expect(loan).toMatchObject({ status: 'active', resources: [{ credentials: { key } }] });
      const record = await giveBack(loan.id, 'licences');
      expect(record).toMatchObject({ reservationId: loan.id, level: 'R0', outcome: 'returned' });
    }
  });

  test('a machine: a user of the holder, who is out after the loan (R3)', async () => {
    await untilAllAvailable('machines');
    const { id, resource } = await borrow('machines');
    const { cut } = await sessionOf(resource.credentials);
    const record = await giveBack(id, 'machines');
    expect(record).toMatchObject({ reservationId: id, level: 'R3', outcome: 'returned' });
    await cut;
    expect(await letsIn(resource.credentials, resource.credentials)).toBe(false);
  });

  test('a virtual machine of five, which is another one after the loan (R4)', async () => {
    await untilAllAvailable('vms');
    const { id, resource } = await borrow('vms');
    const { cut } = await sessionOf(resource.credentials);
    const record = await giveBack(id, 'vms');
    expect(record).toMatchObject({ reservationId: id, level: 'R4', outcome: 'returned' });
    await cut;
    const { details } = await get(`/v1/resources/${resource.id}`);
    expect(details.hostKey).not.toBe(resource.details.hostKey);
    expect(await letsIn(details, resource.credentials)).toBe(false);
  });
});
