import { spawnSync } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import Docker, { type Network } from 'dockerode';
import type { ConnectConfig } from 'ssh2';
import { Client } from 'ssh2';
import { LABEL } from '../../src/drivers/docker/container-spec';

/**
 * The image that scripts/docker-engine.sh builds, or another made by `scripts/docker-ssh-image.sh
 * TAG`.
 */
export const SSH_IMAGE = process.env.SSH_IMAGE ?? 'holdfast-ssh:latest';

type Filters = Record<string, string[]>;

/** How long the engine may take to give up a container's place in a network, and how often to try; ms. */
const GIVEN_UP_WITHIN = 20_000;
const PAUSE = 100;

/** An image with a shell and nothing that lets anybody in; built by `buildPlainImage`. */
export const PLAIN_IMAGE = 'holdfast-plain:latest';

/** Builds it of this machine's static busybox. */
export function buildPlainImage(): void {
  const script = `
    root=$(mktemp -d) && trap 'rm -rf "$root"' EXIT && mkdir "$root/bin" "$root/tmp" &&
    cp "$(command -v busybox)" "$root/bin/busybox" && ln -s busybox "$root/bin/sh" &&
    tar -C "$root" --owner=0 --group=0 -cf - . |
      docker import --change 'CMD ["/bin/busybox","sleep","2147483647"]' - ${PLAIN_IMAGE}`;
  const { status, stderr } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The plain image was not built: ${stderr}`);
}

const LOOK = `new (require('dockerode'))().getImage('${SSH_IMAGE}').inspect().then(() => 0, (error) => {
  process.stderr.write(String(error.message).trim());
  process.exit(1);
})`;

/**
 * Why no engine with the SSH image is available; null if one is. Asked while tests are collected.
 */
function whyNoEngine(): string | null {
  const { status, stderr } = spawnSync(process.execPath, ['-e', LOOK], {
    encoding: 'utf8',
    timeout: 10_000,
    cwd: __dirname,
  });
  return status === 0 ? null : stderr || 'the engine does not answer';
}

/**
 * Tests that need a Docker engine: skipped, with a message, if none is available; with CI=true they
 * fail.
 */
export function describeWithDocker(name: string, fn: () => void): void {
  const why = whyNoEngine();
  if (why === null) return void describe(name, fn);
  if (process.env.CI === 'true') {
    return void test(`${name}: a Docker engine with ${SSH_IMAGE}`, () => {
      throw new Error(`${why}; run scripts/docker-engine.sh`);
    });
  }
  process.stderr.write(`SKIPPED "${name}": ${why} (run scripts/docker-engine.sh)\n`);
  describe.skip(name, fn);
}

/**
 * Removes every container with the label of this installation, and its network. A call that was cut
 * off may still make one meanwhile; it keeps the network, so all is done again. A network that the
 * engine holds for longer than 20 s, with no container left, stays, and stderr says so.
 */
export async function removeContainersOf(installation: string): Promise<void> {
  const docker = new Docker();
  const filters = { label: [`${LABEL.installation}=${installation}`] };
  const removeAll = async () => {
    const all = await docker.listContainers({ all: true, filters });
    await Promise.all(
      all.map((each) => docker.getContainer(each.Id).remove({ force: true, v: true })),
    );
    const networks = await docker.listNetworks({ filters });
    await Promise.all(networks.map(({ Id }) => removeNetwork(docker.getNetwork(Id))));
  };
  // The engine gives up the place of a container in its network a little later than the container,
  // and says nothing of it.
  for (const deadline = performance.now() + GIVEN_UP_WITHIN; ;)
    try {
      return await removeAll();
    } catch (error) {
      const isBusy = (error as { statusCode?: number }).statusCode === 403;
      if (!isBusy) throw error;
      if (performance.now() > deadline) return reportHeld(docker, filters);
      await setTimeout(PAUSE);
    }
}

/** Engines of some versions never give up the place of a container that died as it was started. */
async function reportHeld(docker: Docker, filters: Filters) {
  const containers = await docker.listContainers({ all: true, filters });
  if (containers.length > 0) throw new Error(`${containers.length} containers cannot be removed.`);
  const networks = await docker.listNetworks({ filters });
  const names = networks.map(({ Name }) => Name).join(', ');
  process.stderr.write(`Docker holds places in ${names}, whose containers are gone: left alone.\n`);
}

/** Takes out the places of containers first: the engine may keep one of a container that is gone. */
async function removeNetwork(network: Network): Promise<void> {
  const { Containers = {} } = await network.inspect();
  const places = Object.entries(Containers).map(([id, { Name }]) => [id, Name]);
  for (const Container of places.flat())
    await network.disconnect({ Container, Force: true }).catch(() => undefined);
  await network.remove();
}

/** The port on 127.0.0.1 where a container's SSH is published. */
export async function sshPortOf(handle: string): Promise<number> {
  const { NetworkSettings } = await new Docker().getContainer(handle).inspect();
  return Number(NetworkSettings.Ports['22/tcp']![0]!.HostPort);
}

export interface HeldConnection {
  client: Client;
  /** Resolves when the server ends the connection. */
  cut: Promise<void>;
}

/**
 * Logs in over SSH and holds the connection; rejects with ssh2's error, or if the server hangs up
 * first.
 */
export function holdSsh(port: number, login: ConnectConfig): Promise<HeldConnection> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    const cut = new Promise<void>((done) => client.on('close', () => done()));
    client.on('error', reject);
    void cut.then(() => reject(new Error('The server hung up.')));
    client.on('ready', () => resolve({ client, cut }));
    client.connect({ host: '127.0.0.1', port, readyTimeout: 15_000, ...login });
  });
}

/** Starts a command on a held connection; resolves with its first output. */
export function firstOutput(client: Client, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, stream) => {
      if (error) return reject(error);
      stream.once('data', (data: Buffer) => resolve(data.toString()));
      stream.once('close', () => resolve(''));
    });
  });
}
