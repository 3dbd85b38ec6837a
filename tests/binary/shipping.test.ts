import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Docker from 'dockerode';
import { parse } from 'yaml';
import { configSchema } from '../../src/config-schema';
import { describeWithDocker } from '../helpers/docker';
import { ROOT } from '../helpers/process';
import { BINARY } from './support/binary';

const PACKAGING = join(ROOT, 'packaging');
const MOST_EXPOSED = 2;

const isThere = (program: string) => spawnSync(program, ['--version']).status === 0;
/** What Debian has packages for: with CI=true it must be there. */
const testWith = (program: string) =>
  isThere(program) || process.env.CI === 'true' ? test : test.skip;

testWith('systemd-analyze')('the unit is well hardened', () => {
  const unit = join(PACKAGING, 'holdfast.service');
  const report = execFileSync(
    'systemd-analyze',
    ['security', '--offline=true', '--no-pager', unit],
    { encoding: 'utf8' },
  );
  const [, exposure] = /Overall exposure level for holdfast\.service: ([\d.]+)/.exec(report)!;
  expect(Number(exposure)).toBeLessThanOrEqual(MOST_EXPOSED);
});

test('unit, image and compose file set variables that there are', () => {
  const unit = readFileSync(join(PACKAGING, 'holdfast.service'), 'utf8');
  const inUnit = [.../^Environment=(.+)$/m.exec(unit)![1]!.matchAll(/([A-Z_]+)=/g)].map(
    ([, name]) => name!,
  );
  const inImage = [
    ...readFileSync(join(PACKAGING, 'Dockerfile'), 'utf8').matchAll(/ ([A-Z_]+)=/g),
  ].map(([, name]) => name!);
  const { services } = parse(readFileSync(join(PACKAGING, 'compose.yaml'), 'utf8')) as {
    services: { holdfast: { environment: Record<string, string> } };
  };
  const named = [...inUnit, ...inImage, ...Object.keys(services.holdfast.environment)];
  expect(named.length).toBeGreaterThan(8);
  expect(named.filter((name) => !(name in configSchema.shape))).toEqual([]);
});

test('the compose file has nothing that docker-compose 1.29, of Debian 12, would refuse', () => {
  const file = parse(readFileSync(join(PACKAGING, 'compose.yaml'), 'utf8')) as object;
  // `name` is of later versions: the project's name stands in .env (docs/deploy.md).
  expect(Object.keys(file).sort()).toEqual(['networks', 'secrets', 'services', 'volumes']);
});

describeWithDocker('the image', () => {
  const docker = new Docker();
  const tag = 'holdfast-test:latest';
  let container: Docker.Container;

  beforeAll(async () => {
    execFileSync('sh', [join(PACKAGING, 'image.sh'), tag, BINARY], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const HostConfig = {
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] },
    };
    container = await docker.createContainer({ Image: tag, HostConfig });
  });

  afterAll(async () => {
    await container.remove({ force: true, v: true });
    await docker.getImage(tag).remove();
  });

  test('serves without rights, on a root it cannot write, and ends with 0', async () => {
    const output = await container.attach({ stream: true, stdout: true, stderr: true });
    const serving = new Promise<void>((resolve, reject) => {
      let text = '';
      output.on('data', (part: Buffer) =>
        (text += part.toString()).includes('"serving"') ? resolve() : undefined,
      );
      output.on('end', () => reject(new Error(text)));
    });
    await container.start();
    await serving;
    const { NetworkSettings } = await container.inspect();
    const answer = await fetch(
      `http://127.0.0.1:${NetworkSettings.Ports['8080/tcp']![0]!.HostPort}/version`,
    );
    expect(await answer.json()).toMatchObject({ node: process.version });
    await container.stop();
    expect((await container.inspect()).State.ExitCode).toBe(0);
  });
});
