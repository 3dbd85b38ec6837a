import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import Docker from 'dockerode';
import { LABEL } from '../../src/drivers/docker/container-spec';
import { shortId } from '../../src/drivers/ssh-login/names';
import { commandsOf } from '../drivers/exec.fixture';
import { settingsOf as qemuSettings } from '../drivers/qemu.fixture';
import { describeWithDocker, removeContainersOf, SSH_IMAGE } from '../helpers/docker';
import { describeWithQemu, processesNaming } from '../helpers/qemu';
import { describeWithHosts, Lab, type SshHost } from '../helpers/ssh-host';
import { Life, type BackEnd } from './helpers/crash-lives';
import { say, size, soak } from './helpers/soak';

/** Every life of a virtual machine boots it four times. */
jest.setTimeout(3_600_000);

/** The server is killed at every n-th point. */
const STRIDES = {
  exec: size('POINTS_EXEC', 1),
  docker: size('POINTS_DOCKER', 1),
  qemu: size('POINTS_QEMU', 1),
  ssh: size('POINTS_SSH', 1),
};
const THINGS = resolve(__dirname, '../drivers/programs/things.cjs');
const CALLS = [
  ...(['provision', 'verify', 'clean', 'destroy', 'list', 'remove'] as const),
  ...(['checkCredential', 'openAccess', 'closeAccess'] as const),
];

const poolOf = (driver: string, kind: string, settings: object, things: object = { size: 1 }) =>
  JSON.stringify({
    pools: [
      {
        ...{ name: 'p', kind, driver, ...things, settings, lease: { default: '10m' } },
        cleaning: { backoff: '1s', deadline: '60s' },
      },
    ],
  });
const all = async () => new Docker().listContainers({ all: true });
const guestsOf = (installation: string) =>
  processesNaming(`guest=holdfast-${shortId(installation)}-`);

const EXEC: BackEnd = {
  name: 'exec',
  pools: (dataDir) =>
    poolOf('exec', 'container', {
      commands: commandsOf([process.execPath, THINGS], CALLS),
      env: { THINGS: join(dataDir, 'things') },
    }),
  outside: async (_installation, dataDir) =>
    filesIn(join(dataDir, 'things')).map(
      (path) => (JSON.parse(readFileSync(path, 'utf8')) as { handle: string }).handle,
    ),
  remove: async () => undefined,
};

const DOCKER: BackEnd = {
  name: 'docker',
  pools: () => poolOf('docker', 'container', { image: SSH_IMAGE, memoryMb: 64 }),
  outside: async (installation) =>
    (await all())
      .filter(({ Labels }) => Labels[LABEL.installation] === installation)
      .map(({ Id }) => Id),
  remove: (installation) => removeContainersOf(installation),
};

const QEMU: BackEnd = {
  name: 'qemu',
  pools: () => poolOf('qemu', 'vm', JSON.parse(JSON.stringify(qemuSettings())) as object),
  // The folders of overlays, and the processes, which bear the names of these.
  outside: async (installation, dataDir) => {
    const running = guestsOf(installation).map(
      ({ line }) => /guest=holdfast-\w+-([^,\0]+)/.exec(line)![1]!,
    );
    const folders = filesIn(join(dataDir, 'qemu', shortId(installation))).map((path) =>
      path.split('/').at(-1)!,
    );
    return [...new Set([...running, ...folders])];
  },
  remove: async (installation) => {
    for (const { pid } of guestsOf(installation)) process.kill(pid, 'SIGKILL');
  },
};

/** The users of holders are all that an installation leaves on a host. */
const ssh = (lab: Lab, host: SshHost): BackEnd => ({
  name: 'ssh',
  pools: () => {
    const { privateKeyFile, knownHosts } = lab;
    const settings = { user: 'root', privateKeyFile, knownHosts };
    return poolOf('ssh', 'host', settings, { resources: [{ name: 'rack', fields: host.fields }] });
  },
  outside: async () => (await host.users()).map(() => 'a user'),
  ofResource: ({ status }) => (status === 'allocated' ? ['a user'] : []),
  remove: async () => {
    for (const user of await host.users()) await host.inside(`userdel --remove --force ${user}`);
    await host.inside('rm -rf /var/lib/holdfast');
  },
});

function filesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}

function tellEach(name: string, make: () => BackEnd, stride: number): void {
  test(`at each named point of ${name}: everything settles, and nothing is left over`, async () => {
    const backEnd = make();
    const points = await Life.points(backEnd);
    const results: string[] = [];
    for (const point of points.filter((_, n) => n % stride === 0)) {
      const life = new Life(backEnd);
      try {
        const died = await life.dieAt(point);
        const faults = died ? await life.faultsAfterRestart() : ['the point was not reached'];
        if (faults.length === 0 && !(await life.lends())) faults.push('it lends nothing');
        results.push(`${point}: ${faults.join('; ') || 'mended'}`);
        say(`  killed where ${name} ${results.at(-1)}`);
      } finally {
        await life.end();
      }
    }
    say(`killed at ${results.length} of ${points.length} points of ${name}`);
    expect(results.filter((result) => !result.endsWith(': mended'))).toEqual([]);
  });
}

soak('a real server that is killed', () => {
  tellEach('exec', () => EXEC, STRIDES.exec);
  describeWithDocker('with a real engine', () => tellEach('docker', () => DOCKER, STRIDES.docker));
  describeWithQemu('with real machines', () => tellEach('qemu', () => QEMU, STRIDES.qemu));
  describeWithHosts('with a real host', () => {
    const lab = new Lab();
    let host: SshHost;
    beforeAll(async () => void (host = await lab.host()));
    afterAll(() => lab.close());
    const backEnd = () => ssh(lab, host);
    tellEach('ssh', backEnd, STRIDES.ssh);
  });
});
