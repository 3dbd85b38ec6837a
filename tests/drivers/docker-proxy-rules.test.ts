import { containerSpec, networkName } from '../../src/drivers/docker/container-spec';
import { BRIDGE_OPTION, networkSpec, REACH_OPTION } from '../../src/drivers/docker/network';
import { judge, judgeOfHolder } from '../../src/drivers/docker/proxy-rules';
import { callOf, newThing } from '../contracts/driver';
import { settingsOf } from './docker.fixture';

const passes = (method: string, path: string, body: unknown): boolean =>
  judge(method, path, body === undefined ? '' : JSON.stringify(body)) !== null;

describe('the docker proxy lets pass', () => {
  const apart = networkSpec(networkName(settingsOf(), 'here'), 'here');
  const container = (settings: object) =>
    containerSpec(settingsOf({ ...settings }), 'here', newThing('container'), callOf(), null);

  test('the network and the containers of the driver', () => {
    expect(passes('POST', '/v1.41/networks/create', apart)).toBe(true);
    expect(passes('GET', `/networks/${apart.Name}`, undefined)).toBe(true);
    expect(passes('POST', '/containers/create?name=a', container({}))).toBe(true);
    expect(passes('POST', '/containers/create?name=a', container({ disk: '5G' }))).toBe(true);
  });

  test.each<[string, object]>([
    ['another name', { Name: 'bridge' }],
    ['another kind', { Driver: 'macvlan' }],
    ['no option', { Options: {} }],
    [
      'containers that reach one another',
      { Options: { ...apart.Options, [REACH_OPTION]: 'true' } },
    ],
    ['the bridge of others', { Options: { ...apart.Options, [BRIDGE_OPTION]: 'docker0' } }],
    ['an interface of the machine', { Options: { ...apart.Options, parent: 'eth0' } }],
    ['no label', { Labels: {} }],
    ['addresses of its choice', { IPAM: {} }],
    ['anything else', { Attachable: true }],
  ])('no network with %s', (_what, more) => {
    expect(passes('POST', '/networks/create', { ...apart, ...more })).toBe(false);
  });

  test.each<[string, object]>([
    ['all rights', { Privileged: true }],
    ["the engine's own capabilities", { CapDrop: [] }],
    ['one capability more', { CapAdd: ['CHOWN', 'SYS_ADMIN'] }],
    ['no seccomp', { SecurityOpt: ['no-new-privileges', 'seccomp=unconfined'] }],
    ['new privileges', { SecurityOpt: [] }],
    ['a folder of the host', { Binds: ['/:/host'] }],
    ['a mount', { Mounts: [{ Type: 'bind', Source: '/', Target: '/host' }] }],
    ['a device', { Devices: [] }],
    ["the host's network", { NetworkMode: 'host' }],
    ["another container's network", { NetworkMode: 'container:abc' }],
    ["the host's processes", { PidMode: 'host' }],
    ["the host's memory", { IpcMode: 'host' }],
    ['no limit of memory', { Memory: 0 }],
  ])('no container with %s', (_what, more) => {
    const made = container({});
    const body = { ...made, HostConfig: { ...made.HostConfig, ...more } };
    expect(passes('POST', '/containers/create?name=a', body)).toBe(false);
  });

  test('no container without our label, or that runs something else', () => {
    for (const more of [{ Labels: {} }, { Entrypoint: ['sh'] }, { Cmd: ['sh'] }, { User: '0' }])
      expect(passes('POST', '/containers/create?name=a', { ...container({}), ...more })).toBe(
        false,
      );
  });

  test('no other call about networks, and no other option of a disk', () => {
    for (const [method, path] of [
      ['GET', '/networks'],
      ['GET', '/networks/a/../../info'],
      ['POST', `/networks/${apart.Name}/connect`],
      ['POST', '/networks/prune'],
      ['DELETE', `/networks/${apart.Name}`],
    ] as const)
      expect(passes(method, path, undefined)).toBe(false);
    const { HostConfig, ...rest } = container({});
    const limited = { ...HostConfig, StorageOpt: { size: '5G', other: 'x' } };
    expect(passes('POST', '/containers/create', { ...rest, HostConfig: limited })).toBe(false);
  });
});

describe('the docker proxy lets pull', () => {
  const pulls = (fromImage: string, tag: string, images: string[], more = '') => {
    const query = new URLSearchParams({ fromImage, tag }).toString();
    const body = JSON.stringify({ fromImage, tag });
    return judge('POST', `/images/create?${query}${more}`, body, images);
  };
  const OURS = ['r.example.org/boxes'];
  const DIGEST = `sha256:${'a'.repeat(64)}`;

  test.each([
    ['r.example.org/boxes', 'latest'],
    ['r.example.org/boxes/ssh', '1.2'],
    ['r.example.org/boxes/ssh', DIGEST],
  ])('%s, %s, with the login for its registry', (image, tag) => {
    expect(pulls(image, tag, OURS)).toMatchObject({ header: 'x-registry-auth', about: null });
  });

  test.each([
    ['r.example.org/boxes2', 'latest'],
    ['r.example.org/boxes/../other', 'latest '],
    ['other.example.org/boxes', 'latest'],
    ['', 'latest'],
    ['r.example.org/boxes', ''],
    ['r.example.org/boxes', '*'],
  ])('nothing else: %s, %s', (image, tag) => {
    expect(pulls(image, tag, OURS)).toBeNull();
  });

  test('nothing at all unless it was told', () => {
    expect(pulls('r.example.org/boxes', 'latest', [])).toBeNull();
  });

  test('no file, and no other platform', () => {
    const passed = pulls('r.example.org/boxes', '1', OURS, '&fromSrc=-&platform=x')!;
    expect(passed.path).toBe('/images/create?fromImage=r.example.org%2Fboxes&tag=1');
  });
});

describe("the proxy of holders lets pass what Docker's own exec asks for", () => {
  const ID = 'a'.repeat(64);
  const asks = (method: string, path: string, body?: object) =>
    judgeOfHolder(method, `/v1.41${path}`, body === undefined ? '' : JSON.stringify(body));
  const command = {
    ...{ User: '', Privileged: false, Tty: true, ConsoleSize: [24, 80], AttachStdin: true },
    ...{ AttachStderr: true, AttachStdout: true, Detach: false, DetachKeys: '', Env: null },
    ...{ WorkingDir: '', Cmd: ['sh'] },
  };

  test.each<[string, string, object?]>([
    ['HEAD', '/_ping'],
    ['GET', `/containers/${ID}/json`],
    ['POST', `/containers/${ID}/exec`, command],
    ['POST', `/exec/${ID}/start`, { Detach: false, Tty: true }],
    ['POST', `/exec/${ID}/resize?h=24&w=80`],
    ['GET', `/exec/${ID}/json`],
  ])('%s %s', (...[method, path, body]) => {
    expect(asks(method, path, body)).not.toBeNull();
  });

  test('a command without what it was not asked for', () => {
    const passed = asks('POST', `/containers/${ID}/exec`, { ...command, pRIVILEGED: true });
    expect(passed!.body).not.toHaveProperty('pRIVILEGED');
  });

  test.each<[string, string, object?]>([
    ['GET', '/containers/json'],
    ['GET', '/containers/by-name/json'],
    ['GET', `/images/x/json`],
    ['POST', '/containers/create', {}],
    ['POST', `/containers/${ID}/exec`, { ...command, Privileged: true }],
    ['POST', `/containers/${ID}/exec`, { ...command, Cmd: [] }],
    ['POST', `/containers/${ID}/restart?t=0`, { t: 0 }],
    ['POST', `/containers/${ID}/wait`, {}],
    ['DELETE', `/containers/${ID}`],
    ['PUT', `/containers/${ID}/archive?path=/`],
  ])('but not %s %s', (...[method, path, body]) => {
    expect(asks(method, path, body)).toBeNull();
  });
});
