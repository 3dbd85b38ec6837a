import { keyPair } from '../../src/drivers/ssh-login/key-pair';
import { letsIn } from '../drivers/ssh.fixture';
import { firstOutput, holdSsh } from '../helpers/docker';
import { ServerProcess } from '../helpers/process';
import { describeWithHosts, Lab, type SshHost } from '../helpers/ssh-host';

jest.setTimeout(100_000);

/** Programs of the host at which a call can be stopped, and a command of the pool. */
const PROGRAMS = ['useradd', 'chpasswd', 'usermod', 'userdel'];
const CLEAN = '/usr/sbin/lab-clean';

/** A host on which every one of these programs stops once, where a test asks for it. */
async function withStops(host: SshHost): Promise<void> {
  const stop =
    'if [ -e /run/stop/$0 ]; then rm /run/stop/$0; echo here >/run/reached; read -r _ </run/go; fi';
  const wrap = (program: string) =>
    `mv ${program} ${program}.real; printf '#!/bin/sh\\n%s\\nexec ${program}.real "$@"\\n' '${stop}' ` +
    `>${program}; chmod 755 ${program}`;
  await host.inside(`mkfifo /run/reached /run/go; cp /bin/true ${CLEAN}`);
  for (const program of [...PROGRAMS.map((name) => `/usr/sbin/${name}`), CLEAN])
    await host.inside(wrap(program));
}

/** Has the next call of `program` stop there; resolves when it has. */
async function stopAt(host: SshHost, program: string): Promise<() => Promise<unknown>> {
  const path = program.startsWith('/') ? program : `/usr/sbin/${program}`;
  await host.inside(`mkdir -p /run/stop$(dirname ${path}) && touch /run/stop${path}`);
  return () => host.inside('cat /run/reached');
}

describeWithHosts('a real host, from a real server', () => {
  const lab = new Lab();
  const pair = keyPair();
  let host: SshHost;
  let server: ServerProcess;
  let token: string;
  let pools: string;
  let resource: string;

  const get = async (path: string) => (await server.http.get(path, { token })).body;
  const isAvailable = async () => Boolean((await get(`/v1/resources/${resource}`)).available);
  const untilAvailable = () => server.until('the host available', isAvailable);
  const reserve = async (access: object, wait = 60) => {
    const body = { items: [{ pool: 'racks' }], access };
    const path = `/v1/reservations?wait=${wait}`;
    const { status, body: loan } = await server.http.post(path, { token, body });
    expect([201, 202]).toContain(status);
    return loan;
  };
  const release = (id: string) => server.http.delete(`/v1/reservations/${id}`, { token });

  beforeAll(async () => {
    host = await lab.host();
    await withStops(host);
    const { privateKeyFile, knownHosts } = lab;
    const pool = {
      ...{ name: 'racks', kind: 'host', driver: 'ssh', lease: { default: '10m' } },
      settings: { user: 'root', privateKeyFile, knownHosts, cleanCommands: [[CLEAN]] },
      resources: [{ name: 'rack-1', fields: host.fields }],
      cleaning: { deadline: '1m', backoff: '200ms', backoffMaximum: '1s' },
    };
    pools = JSON.stringify({ pools: [pool] });
    server = await ServerProcess.start({ pools });
    token = await server.setUp();
    const { items } = await get('/v1/resources?pool=racks');
    resource = items[0].id;
    await untilAvailable();
  });
  afterAll(async () => {
    await server?.stop();
    await lab.close();
  });

  test('a holder logs in with what the API says, and is out after it; the record says R3', async () => {
    const loan = await reserve({});
    expect(loan.status).toBe('active');
    const { credentials, details } = loan.resources[0];
    expect(details).toMatchObject({ ...host.fields, hostKey: expect.stringMatching(/^SHA256:/) });
    expect(credentials).toMatchObject({
      ...host.fields,
      hostKey: host.hostKey,
      knownHosts: host.knownHosts,
    });
    const { username, password } = credentials;
    const held = await holdSsh(host.port, { username, password });
    await expect(firstOutput(held.client, 'id -un')).resolves.toBe(`${username}\n`);
    await release(loan.id);
    await held.cut;
    await untilAvailable();
    expect(await letsIn(host, { username, password })).toBe(false);
    const [newest] = await server.store.read.returns({}, { after: null, limit: 1 });
    expect(newest!.record).toMatchObject({ level: 'R3', outcome: 'returned', cause: 'loan' });
  });

  test.each<[string, object]>([
    ['useradd', { publicKey: pair.public }],
    ['chpasswd', { password: 'correct horse' }],
  ])('a server that is killed at %s opens the access after all, once', async (program, access) => {
    const reached = await stopAt(host, program);
    const asked = await reserve(access, 0);
    await reached();
    await server.kill();
    await host.inside('echo go >/run/go');
    server = await ServerProcess.start({ dataDir: server.dataDir, pools });
    const loan = await server.until('the loan active', async () => {
      const found = await get(`/v1/reservations/${asked.id}`);
      return found.status === 'active' && found;
    });
    const { username, password } = loan.resources[0].credentials;
    expect(await host.users()).toEqual([username]);
    const login = password === undefined ? { privateKey: pair.private } : { password };
    expect(await letsIn(host, { username, ...login })).toBe(true);
    await release(loan.id);
    await untilAvailable();
    expect(await host.users()).toEqual([]);
  });

  test.each(['usermod', 'userdel', CLEAN])(
    'a server that is killed at %s gets the host back, without a user',
    async (program) => {
      const loan = await reserve({ publicKey: pair.public });
      expect(loan.status).toBe('active');
      const reached = await stopAt(host, program);
      await release(loan.id);
      await reached();
      await server.kill();
      await host.inside('echo go >/run/go');
      server = await ServerProcess.start({ dataDir: server.dataDir, pools });
      await untilAvailable();
      expect(await host.users()).toEqual([]);
      const [newest] = await server.store.read.returns({}, { after: null, limit: 1 });
      expect(newest!.record).toMatchObject({ level: 'R3', outcome: 'returned' });
    },
  );

  test('only the pools file says where hosts are', async () => {
    const listing = { pool: 'racks', name: 'rack-2', fields: { host: '192.0.2.1' } };
    const { status } = await server.http.post('/v1/resources', { token, body: listing });
    expect(status).toBe(403);
  });
});
