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
  closing: Around<void> = (_name, call) => call();
  private held: { name: string | null; until: Promise<void> } | null = null;

  readonly factory: DriverFactory<DockerSettings> = {
    ...dockerDriver,
    create: (settings, env) => this.surround(dockerDriver.create(settings, env)),
  };

  /** No cleaning (of this container) begins until what this gives is called. */
  holdCleaning(name: string | null = null): () => void {
    const { happened, happens } = happening();
    this.held = { name, until: happened };
    return happens;
  }

  private surround(driver: Driver): Driver {
    const own: Partial<Driver> = {
      openAccess: (thing, wish, call) =>
        this.opening(thing.name, () => driver.openAccess(thing, wish, call)),
      closeAccess: (thing, access, call) =>
        this.closing(thing.name, () => driver.closeAccess(thing, access, call)),
      clean: async (thing, ...rest) => {
        if (this.held?.name === null || this.held?.name === thing.name) await this.held.until;
        return driver.clean(thing, ...rest);
      },
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

  const usersOf = async (name: string) => usersIn((await server.test.resource(name)).handle!);

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
    const clean = driver.holdCleaning();
    await server.anybody
      .get('/release_all')
      .expect(200, { status: 'success', message: 'All containers released' });
    for (const name of names.slice(0, 2)) expect(await usersOf(name)).toBe('root');
    clean();
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
      const clean = driver.holdCleaning();
      await server.after(1);
      expect((await server.anybody.get('/reservations')).body).toEqual({ reservations: [] });
      await cut;
      await server.until(
        'it is to be cleaned',
        async () => (await server.test.resource(container)).nextOperation === 'clean',
      );
      expect(await usersOf(container)).toBe('root');
      expect(await available()).not.toContain(container);
      clean();
      await server.until('it is available', async () => (await available()).includes(container));
      expect(await usersOf(container)).toBe('root');
      const { handle } = await server.test.resource(container);
      expect(await letsIn(await sshPortOf(handle!), 'test', 'test')).toBe(false);
      expect(handle).not.toBe(before);
    },
  );

  describe('where the second container fails, no login is left in the first', () => {
    const [first, second] = names as [string, string];

    afterEach(() => {
      const { opening, closing } = new Surrounded();
      Object.assign(driver, { opening, closing });
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

    const isThere = async (handle: string) => (await ours()).some(({ Id }) => Id === handle);

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
      const clean = driver.holdCleaning(first);
      await expectFailure();
      expect(await usersOf(first)).toBe('root');
      clean();
      await expectNothingLeft();
    });

    test('that a slow call opens only after it was closed', async () => {
      const closed = happening();
      driver.closing = (name, call) => call().finally(name === first ? closed.happens : undefined);
      driver.opening = async (name, call) => {
        if (name === second) throw new DriverError('resource', 'The test wants this to fail.');
        await closed.happened;
        return call();
      };
      const { handle } = await server.test.resource(first);
      await expectFailure();
      expect(await isThere(handle!)).toBe(false);
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
    const clean = driver.holdCleaning();
    await server.anybody.get('/release_all').expect(200);
    expect(await Promise.all(names.map(usersOf))).toEqual(Array(10).fill('root'));
    clean();
  });
});
