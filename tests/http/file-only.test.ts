import type { Pool, PoolType } from '../../src/domain/pools/pool';
import { DRIVERS } from '../../src/drivers';
import { poolNotices } from '../../src/service/pools/notices';
import { Pools } from '../../src/service/pools/pools';
import type { Caller } from '../helpers/server';
import { problem, TestServer } from '../helpers/server';

/** Commands, sockets, images and addresses of a driver come from the pools file, not from an admin. */

const FILE = `
pools:
  - name: boxes
    kind: container
    driver: docker
    size: 0
    settings: { image: 'ours:1', grantCommand: [/sbin/ours] }
    types: [{ name: small, spec: { memoryMb: 64, image: 'ours:2' } }]
`;

let server: TestServer;
let admin: Caller;

beforeEach(async () => {
  server = await TestServer.start({ pools: FILE, factories: [DRIVERS.get('docker')!] });
  admin = await server.admin();
});

const patch = (name: string, fields: object) => admin.patch(`/v1/pools/${name}`).send(fields);
const stored = async (name = 'boxes') => (await server.test.engine.store.read.pool(name))!;

const VALUES: Record<string, unknown> = {
  image: 'theirs',
  pull: 'always',
  registryLogin: { username: 'x', password: '${DRIVER_SECRET_X}' },
  access: 'exec',
  execProxy: 'tcp://evil.example:2375',
  publishAddress: '0.0.0.0',
  advertiseHost: 'evil.example',
  sshPort: 2222,
  network: 'other',
  portRange: { from: 1, to: 2 },
  grantCommand: ['/bin/sh', '-c', 'tee /tmp/seen'],
  revokeCommand: ['/bin/true'],
  socketPath: '/run/other.sock',
};

describe('PATCH /v1/pools/{name} by an admin', () => {
  test('knows a value for each setting that only the file may set', () => {
    expect(Object.keys(VALUES).sort()).toEqual([...DRIVERS.get('docker')!.fileOnly].sort());
  });

  test.each(Object.entries(VALUES))('does not set settings.%s', async (name, value) => {
    const before = await stored();
    const { status, body } = await patch('boxes', { settings: { [name]: value } });
    const field = expect.stringMatching(new RegExp(`^settings\\.${name}(\\.|$)`)) as string;
    expect({ status, body }).toEqual({ status: 403, body: problem(403, 'forbidden', field) });
    expect(body.detail).toMatch(/pools file/);
    expect(await stored()).toEqual(before);
  });

  test('does not take one away, so that its default would apply', async () => {
    const { body } = await patch('boxes', { settings: { grantCommand: null } });
    expect(body).toEqual(problem(403, 'forbidden', 'settings.grantCommand'));
  });

  test.each([
    ['sets it', [{ name: 'small', spec: { image: 'theirs' } }]],
    ['takes it away', [{ name: 'small', spec: { memoryMb: 64 } }]],
  ])('leaves the image in the spec of a type alone, where it %s', async (_how, types) => {
    const { body } = await patch('boxes', { types });
    expect(body).toEqual(problem(403, 'forbidden', 'types[0].spec.image'));
  });

  test('sets limits, and may send back what it has read', async () => {
    const { settings } = (await admin.get('/v1/pools/boxes')).body as { settings: object };
    const { status, body } = await patch('boxes', { settings: { ...settings, memoryMb: 32 } });
    expect({ status, settings: body.settings }).toEqual({
      status: 200,
      settings: { image: 'ours:1', grantCommand: ['/sbin/ours'], memoryMb: 32 },
    });
  });

  test('does not change the driver', async () => {
    expect((await patch('boxes', { driver: 'simulated' })).body).toEqual(
      problem(400, 'invalid', 'driver'),
    );
  });
});

describe('POST /v1/pools by an admin', () => {
  const make = (fields: object) =>
    admin
      .post('/v1/pools')
      .send({ name: 'mine', kind: 'container', driver: 'docker', size: 0, ...fields });

  test.each([
    ['settings.socketPath', { settings: { socketPath: '/run/other.sock' } }],
    ['settings.image', { settings: { image: 'theirs' } }],
    ['settings.image', {}],
    ['settings.image', { types: [{ name: 'a', spec: { image: 'theirs' } }] }],
  ])('makes no pool with %s, whatever else it has', async (field, fields) => {
    const { status, body } = await make(fields);
    expect({ status, body }).toEqual({ status: 403, body: problem(403, 'forbidden', field) });
    expect(await server.test.engine.store.read.pool('mine')).toBeNull();
  });
});

describe('a pool whose settings an admin of an earlier version has set', () => {
  const plant = (name: string, set: Partial<Pool>) =>
    new Pools(server.test.engine).change(name, set, null);

  test('has those of the file again after the next load, and keeps its other settings', async () => {
    const settings = { image: 'theirs', socketPath: '/run/other.sock', memoryMb: 32 };
    const types: PoolType[] = [
      { name: 'small', share: 1, spec: { memoryMb: 64, image: 'theirs' } },
      { name: 'large', share: 1, spec: { image: 'theirs' } },
    ];
    await plant('boxes', { settings, types });
    await server.test.load(FILE);
    expect(await stored()).toMatchObject({
      settings: { image: 'ours:1', grantCommand: ['/sbin/ours'], memoryMb: 32 },
      types: [
        { name: 'small', share: 1, spec: { memoryMb: 64, image: 'ours:2' } },
        { name: 'large', share: 1, spec: {} },
      ],
    });
    expect((await stored()).settings).not.toHaveProperty('socketPath');
  });

  test('is named in the log of each start until the file is loaded again', async () => {
    const notices = () => poolNotices(server.test.engine, DRIVERS);
    expect(await notices()).toEqual([]);
    await plant('boxes', {
      settings: { image: 'theirs', grantCommand: ['/sbin/ours'], socketPath: '/run/other.sock' },
      types: [{ name: 'small', share: 1, spec: { memoryMb: 64, image: 'theirs' } }],
    });
    expect(await notices()).toEqual([
      expect.stringMatching(/^Pool boxes .*: image, socketPath\. .*POOLS_FILE/),
    ]);
    await server.test.load(FILE);
    expect(await notices()).toEqual([]);
  });

  test('works on if the API made it, and each start names it in the log', async () => {
    const pool = await stored();
    const { kind, driver, sizing, size, types, labels, policy, capabilities, simulate } = pool;
    const fields = { kind, driver, sizing, size, types, labels, policy, capabilities, simulate };
    await server.services.pools.create(
      {
        ...fields,
        spares: 0,
        name: 'old',
        origin: 'api',
        settings: { image: 'x', socketPath: '/run/x' },
      },
      { requestId: null, idempotencyKey: null },
    );
    const notices = await poolNotices(server.test.engine, DRIVERS);
    expect(notices).toEqual([expect.stringMatching(/^Pool old .*: image, socketPath\./)]);
    expect((await patch('old', { settings: { memoryMb: 32 } })).status).toBe(200);
  });
});

test('each setting of each driver that sounds like a place or a program is of the file only', () => {
  const sensitive = /command|socket|image|key|host|address|url|path|port|network|user|password/i;
  for (const { name, settings, fileOnly } of DRIVERS.values()) {
    const names = Object.keys((settings as unknown as { shape: object }).shape);
    expect({
      name,
      open: names.filter((each) => sensitive.test(each) && !fileOnly.includes(each)),
    }).toEqual({ name, open: [] });
    expect(names).toEqual(expect.arrayContaining([...fileOnly]));
  }
});
