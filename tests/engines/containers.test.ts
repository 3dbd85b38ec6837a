import { randomBytes } from 'node:crypto';
import Docker from 'dockerode';
import { dockerDriver } from '../../src/drivers/docker';
import { LABEL } from '../../src/drivers/docker/container-spec';
import type { DockerSettings } from '../../src/drivers/docker/settings';
import {
  DriverError,
  type CredentialSecret,
  type Driver,
  type DriverFactory,
  type ProvisionResult,
} from '../../src/drivers/driver';
import { describeWithDocker, firstOutput, holdSsh, SSH_IMAGE, sshPortOf } from '../helpers/docker';
import { LegacyServer } from '../helpers/legacy';

jest.setTimeout(180_000);

const MINUTE = 60_000;

interface Place {
  container: string;
  host: string;
  port: number;
}

interface Grant {
  username: string;
  password: string;
  containers: [Place];
}

type Around<T> = (name: string, call: () => Promise<T>) => Promise<T>;

/** The Docker driver, with what a test wants to happen around its calls. */
class Surrounded {
  opening: Around<CredentialSecret> = (_name, call) => call();
  cleaning: Around<ProvisionResult> = (_name, call) => call();

  readonly factory: DriverFactory<DockerSettings> = {
    ...dockerDriver,
    create: (settings, env) => this.surround(dockerDriver.create(settings, env)),
  };

  private surround(driver: Driver): Driver {
    const own: Partial<Driver> = {
      openAccess: (thing, wish, call) =>
        this.opening(thing.name, () => driver.openAccess(thing, wish, call)),
      clean: (thing, ...rest) => this.cleaning(thing.name, () => driver.clean(thing, ...rest)),
    };
    return new Proxy(driver, {
      get: (target, name) => {
        if (name in own) return own[name as keyof Driver];
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  }
}

/** Something that happens once. */
function happening(): { happened: Promise<void>; happens: () => void } {
  let happens = () => {};
  const happened = new Promise<void>((resolve) => (happens = resolve));
  return { happened, happens: () => happens() };
}

describeWithDocker('the container manager on a Docker engine', () => {
  const pool = `alpine-${randomBytes(3).toString('hex')}`;
  const names = Array.from({ length: 10 }, (_one, index) => `${pool}-${index + 1}`);
  const driver = new Surrounded();
  const docker = new Docker();
  let server: LegacyServer;

  const ours = () =>
    docker.listContainers({ all: true, filters: { label: [`${LABEL.pool}=${pool}`] } });

  beforeAll(async () => {
    const pools = `
pools:
  - { name: ${pool}, kind: container, driver: docker, size: 10, concurrency: 10,
      settings: { image: "${SSH_IMAGE}", memoryMb: 64 } }
legacy: { containers: [${pool}] }
`;
    server = await LegacyServer.start({ mode: 'open', pools, factories: [driver.factory] });
    await allFree();
  });

  afterAll(async () => {
    await server?.stop();
    await Promise.all(
      (await ours()).map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })),
    );
  });

  async function available(): Promise<string[]> {
    return ((await server.anybody.get('/available').expect(200)).body as { available: string[] })
      .available;
  }

  const allFree = () =>
    server.until('all free', async () => (await available()).length === names.length);

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

  /** The users that a container knows. */
  async function usersIn(handle: string): Promise<string> {
    const exec = await docker
      .getContainer(handle)
      .exec({ Cmd: ['cut', '-d:', '-f1', '/etc/passwd'], AttachStdout: true });
    const stream = await exec.start({});
    let text = '';
    for await (const chunk of stream) text += (chunk as Buffer).subarray(8).toString();
    return text.trim();
  }

  const handleOf = async (name: string) => (await server.test.resource(name)).handle!;
  const usersOf = async (name: string) => usersIn(await handleOf(name));
  const isThere = async (handle: string) => (await ours()).some(({ Id }) => Id === handle);

  /** None of these containers exists any more, so nobody is in one. */
  async function expectGone(handles: string[]): Promise<void> {
    expect(await Promise.all(handles.map(isThere))).toEqual(handles.map(() => false));
  }

  test('the user and password of the caller log in over SSH in every container', async () => {
    const containers = await reserve('username=alice&password=wonder%20land&count=2');
    expect(containers.map(({ container }) => container)).toEqual(names.slice(0, 2));
    for (const { container, host, port } of containers) {
      const { client } = await holdSsh(port, { host, username: 'alice', password: 'wonder land' });
      expect(await firstOutput(client, 'echo $(id -un) on $(hostname)')).toBe(
        `alice on ${container}\n`,
      );
      client.end();
      expect(await letsIn(port, 'alice', 'test')).toBe(false);
    }
    const handles = await Promise.all(names.slice(0, 2).map(handleOf));
    await server.anybody
      .get('/release_all')
      .expect(200, { status: 'success', message: 'All containers released' });
    await expectGone(handles);
    await allFree();
  });

  test(
    'when its time is over the user is gone before the container is available, and nobody ' +
      'asked',
    async () => {
      const [{ container, port }] = (await reserve(
        'username=test&password=test&count=1&duration=1',
      )) as [Place];
      const { cut } = await holdSsh(port, { username: 'test', password: 'test' });
      const { handle: before } = await server.test.resource(container);
      await server.after(MINUTE - 1);
      expect(await letsIn(port, 'test', 'test')).toBe(true);
      const [begun, held] = [happening(), happening()];
      driver.cleaning = async (_name, call) => {
        begun.happens();
        await held.happened;
        return call();
      };
      await server.after(1);
      expect((await server.anybody.get('/reservations')).body).toEqual({ reservations: [] });
      await begun.happened;
      expect(await available()).not.toContain(container);
      held.happens();
      await cut;
      await server.until('it is available', async () => (await available()).includes(container));
      expect(await usersOf(container)).toBe('root');
      driver.cleaning = new Surrounded().cleaning;
      const { handle } = await server.test.resource(container);
      expect(await letsIn(await sshPortOf(handle!), 'test', 'test')).toBe(false);
      expect(handle).not.toBe(before);
    },
  );

  describe('where the second container fails, no login is left in the first', () => {
    const [first, second] = names as [string, string];

    afterEach(() => {
      const { opening, cleaning } = new Surrounded();
      Object.assign(driver, { opening, cleaning });
    });

    async function expectFailure(): Promise<void> {
      const { status, body } = await server.anybody.get(
        '/reserve?username=alice&password=test&count=2',
      );
      expect({ status, body: body as unknown }).toEqual({
        status: 500,
        body: {
          error: 'Failed to create user',
          details: 'Access could not be opened.',
        },
      });
      expect((await server.anybody.get('/reservations')).body).toEqual({ reservations: [] });
    }

    async function expectNothingLeft(): Promise<void> {
      await allFree();
      for (const name of [first, second]) expect(await usersOf(name)).toBe('root');
    }

    test('that was open already', async () => {
      const isOpen = async () => {
        const { read } = server.test.engine.store;
        const { holder } = (await read.resource(first))!;
        return (await read.holdings(holder!.reservationId)).some(
          ({ allocation }) => allocation.access === 'open',
        );
      };
      driver.opening = async (name, call) => {
        if (name === first) return call();
        await server.until('the first is open', isOpen);
        throw new DriverError('resource', 'The test wants this to fail.');
      };
      const handle = await handleOf(first);
      await expectFailure();
      await expectGone([handle]);
      await expectNothingLeft();
    });

    test('that a slow call opens only after it was replaced', async () => {
      const replaced = happening();
      driver.cleaning = (name, call) =>
        call().finally(name === first ? replaced.happens : undefined);
      driver.opening = async (name, call) => {
        if (name === second) throw new DriverError('resource', 'The test wants this to fail.');
        await replaced.happened;
        return call();
      };
      const handle = await handleOf(first);
      await expectFailure();
      await expectGone([handle]);
      await expectNothingLeft();
    });
  });

  test('50 who ask at once get ten grants, each another container', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_one, index) =>
        server.anybody.get(`/reserve?username=user${index}&password=pass${index}`),
      ),
    );
    const granted = answers.filter(({ status }) => status === 200).map(({ body }) => body as Grant);
    expect(granted.map(({ containers }) => containers[0].container).sort()).toEqual(
      [...names].sort(),
    );
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(40);
    const logins = await Promise.all(
      granted.map(({ username, password, containers: [{ port }] }) =>
        letsIn(port, username, password),
      ),
    );
    expect(logins).toEqual(Array(10).fill(true));
    const [one, two] = granted as [Grant, Grant];
    expect(await letsIn(one.containers[0].port, two.username, two.password)).toBe(false);
    const handles = await Promise.all(names.map(handleOf));
    await server.anybody.get('/release_all').expect(200);
    await expectGone(handles);
    await allFree();
    expect(await Promise.all(names.map(usersOf))).toEqual(Array(10).fill('root'));
  });
});
