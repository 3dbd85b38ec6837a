import { containerSpec, networkName } from '../../src/drivers/docker/container-spec';
import { BRIDGE_OPTION, networkSpec, REACH_OPTION } from '../../src/drivers/docker/network';
import { judge } from '../../src/drivers/docker/proxy-rules';
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
