import { randomBytes } from 'node:crypto';
import Docker from 'dockerode';
import { dockerDriver } from '../../src/drivers/docker';
import { LABEL } from '../../src/drivers/docker/container-spec';
import type { DockerSettings } from '../../src/drivers/docker/settings';
import { DriverError, type Driver, type DriverFactory } from '../../src/drivers/driver';
import { describeWithDocker, firstOutput, holdSsh, SSH_IMAGE, sshPortOf } from '../helpers/docker';
import { LegacyServer } from '../helpers/legacy';

jest.setTimeout(180_000);

const MINUTE = 60_000;

interface Place {
  container: string;
  host: string;
  port: number;
}

/** The Docker driver, which can be told to fail to open access to one container. */
class Unreliable {
  failsFor: string | null = null;

  readonly factory: DriverFactory<DockerSettings> = {
    ...dockerDriver,
    create: (settings, surroundings) => this.wrap(dockerDriver.create(settings, surroundings)),
  };

  private wrap(driver: Driver): Driver {
    const openAccess: Driver['openAccess'] = async (thing, wish, call) => {
      if (thing.name === this.failsFor) throw new DriverError('resource', 'The test wants this to fail.');
      return driver.openAccess(thing, wish, call);
    };
    return new Proxy(driver, {
      get: (target, name) => {
        if (name === 'openAccess') return openAccess;
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }
}

describeWithDocker('the container manager on a Docker engine', () => {
  const pool = `alpine-${randomBytes(3).toString('hex')}`;
  const names = Array.from({ length: 10 }, (_one, index) => `${pool}-${index + 1}`);
  const unreliable = new Unreliable();
  const docker = new Docker();
  let server: LegacyServer;

  const ours = () => docker.listContainers({ all: true, filters: { label: [`${LABEL.pool}=${pool}`] } });

  beforeAll(async () => {
    const pools = `
pools:
  - { name: ${pool}, kind: container, driver: docker, settings: { image: "${SSH_IMAGE}", memoryMb: 64 }, size: 10, concurrency: 10 }
legacy: { containers: [${pool}] }
`;
    server = await LegacyServer.start({ mode: 'open', pools, factories: [unreliable.factory as DriverFactory] });
    await allFree();
  });

  afterAll(async () => {
    await server?.stop();
    await Promise.all((await ours()).map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })));
  });

  async function available(): Promise<string[]> {
    return ((await server.anybody.get('/available').expect(200)).body as { available: string[] }).available;
  }

  const allFree = () => server.until('all free', async () => (await available()).length === names.length);

  async function reserve(query: string): Promise<Place[]> {
    const { status, body } = await server.anybody.get(`/reserve?${query}`);
    expect({ status, body: body as unknown }).toMatchObject({ status: 200 });
    return (body as { containers: Place[] }).containers;
  }

  async function letsIn(port: number, username: string, password: string): Promise<boolean> {
    try {
      (await holdSsh(port, { username, password })).client.end();
      return true;
    } catch (error) {
      if ((error as { level?: string }).level === 'client-authentication') return false;
      throw error;
    }
  }

  /** The users that a container knows beside root. */
  async function usersIn(name: string): Promise<string> {
    const { handle } = await server.test.resource(name);
    const exec = await docker.getContainer(handle!).exec({ Cmd: ['cut', '-d:', '-f1', '/etc/passwd'], AttachStdout: true });
    const stream = await exec.start({});
    let text = '';
    for await (const chunk of stream) text += (chunk as Buffer).subarray(8).toString();
    return text.trim();
  }

  test('the user and password of the caller log in over SSH in every container', async () => {
    const containers = await reserve('username=alice&password=wonder%20land&count=2');
    expect(containers.map(({ container }) => container)).toEqual(names.slice(0, 2));
    for (const { container, host, port } of containers) {
      const { client } = await holdSsh(port, { host, username: 'alice', password: 'wonder land' });
      expect(await firstOutput(client, 'echo $(id -un) on $(hostname)')).toBe(`alice on ${container}\n`);
      client.end();
      expect(await letsIn(port, 'alice', 'test')).toBe(false);
    }
    await server.anybody.get('/release_all').expect(200, { status: 'success', message: 'All containers released' });
    for (const name of names.slice(0, 2)) expect(await usersIn(name)).toBe('root');
    await allFree();
  });

  test('when its time is over the user is gone before the container is available, and nobody asked', async () => {
    const [{ container, port }] = (await reserve('username=test&password=test&count=1&duration=1')) as [Place];
    const { cut } = await holdSsh(port, { username: 'test', password: 'test' });
    const { handle: before } = await server.test.resource(container);
    await server.after(MINUTE - 1);
    expect(await letsIn(port, 'test', 'test')).toBe(true);
    await server.after(1);
    expect((await server.anybody.get('/reservations')).body).toEqual({ reservations: [] });
    // At every change until it is available: whoever sees it there finds no such user in it.
    await server.until('it is available', async () => (await available()).includes(container));
    await cut;
    expect(await usersIn(container)).toBe('root');
    const { handle } = await server.test.resource(container);
    expect(await letsIn(await sshPortOf(handle!), 'test', 'test')).toBe(false);
    expect(handle).not.toBe(before);
  });

  test('where the second container fails, no login is left in the first', async () => {
    const [first, second] = names as [string, string];
    unreliable.failsFor = second;
    const { status, body } = await server.anybody.get('/reserve?username=alice&password=test&count=2');
    unreliable.failsFor = null;
    expect({ status, body: body as unknown }).toEqual({ status: 500, body: { error: 'Failed to create user', details: expect.stringContaining('The test wants this to fail.') } });
    expect(await usersIn(first)).not.toContain('alice');
    expect((await server.anybody.get('/reservations')).body).toEqual({ reservations: [] });
    await allFree();
    for (const name of [first, second]) expect(await usersIn(name)).toBe('root');
  });

  test('50 who ask at once get ten grants, each another container', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, (_one, index) => server.anybody.get(`/reserve?username=user${index}&password=pass${index}`)));
    const granted = answers.filter(({ status }) => status === 200).map(({ body }) => body as { username: string; password: string; containers: [Place] });
    expect(granted.map(({ containers }) => containers[0].container).sort()).toEqual([...names].sort());
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(40);
    const logins = await Promise.all(granted.map(({ username, password, containers: [{ port }] }) => letsIn(port, username, password)));
    expect(logins).toEqual(Array(10).fill(true));
    const strangers = await Promise.all(granted.slice(1).map(({ username, password }) => letsIn(granted[0]!.containers[0].port, username, password)));
    expect(strangers).toEqual(Array(9).fill(false));
    await server.anybody.get('/release_all').expect(200);
    expect(await Promise.all(names.map(usersIn))).toEqual(Array(10).fill('root'));
  });
});
