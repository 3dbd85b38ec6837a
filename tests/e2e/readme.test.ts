import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DRIVERS } from '../../src/drivers';
import { parsePoolsFile } from '../../src/pools-file/parse';
import { whenDone } from '../helpers/cleanups';
import { temporaryDirectory } from '../helpers/engine';
import { freePort } from '../helpers/outputs';
import { LogLines, MAIN, ROOT, SETUP_TOKEN } from '../helpers/process';
import { readme, readmeBlocks } from '../helpers/readme';

jest.setTimeout(90_000);

/** Runs a text as one bash session; stops at the first command that fails. */
async function bash(
  text: string,
  env: Record<string, string>,
): Promise<{ code: number; output: string }> {
  const child = spawn('bash', ['-eo', 'pipefail'], {
    env: { ...process.env, ...env },
    cwd: temporaryDirectory(),
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (data: string) => (output += data));
  child.stdin.end(text);
  const [code] = (await once(child, 'close')) as [number];
  return { code, output };
}

test('README opens with the commands that serve and test', () => {
  expect(readmeBlocks('bash')).toEqual(['npm ci && npm start\n', 'npm ci && npm test\n']);
});

test("README's start command serves, its first loan works as written, and SIGTERM stops it", async () => {
  const [start] = readmeBlocks('bash')[0]!.match(/npm start/)!;
  // In its own group, as in a terminal; the variables spare nothing but the port and the directory.
  const server = spawn('bash', ['-c', `exec ${start}`], {
    cwd: ROOT,
    detached: true,
    env: {
      ...process.env,
      PORT: '0',
      DATA_DIR: join(temporaryDirectory(), 'data'),
      SETUP_TOKEN,
      NODE_ENV: undefined,
    },
  });
  whenDone(() => {
    if (server.exitCode === null && server.signalCode === null)
      process.kill(-server.pid!, 'SIGKILL');
  });
  const log = new LogLines(server);
  const ended = once(server, 'close').then(([code]) => code as number | null);
  const died = ended.then((code) =>
    Promise.reject(new Error(`npm start ended with ${code}: ${log.stdout}${log.stderr}`)),
  );
  const { url } = await Promise.race([log.line(({ msg }) => msg === 'serving', 'serving'), died]);
  died.catch(() => undefined);
  const loan = await bash(readmeBlocks('bash', 'First loan, by the API').join('\n'), {
    PORT: new URL(url as string).port,
    SETUP_TOKEN,
  });
  process.kill(-server.pid!, 'SIGTERM');
  expect(await ended).toBe(0);
  expect(loan).toEqual({
    code: 0,
    output: expect.stringMatching(
      /free: \d accounts available.*password: .*\d{4}-\d\d-\d\dT.*Z\nreleased\n$/s,
    ),
  });
});

/** Puts a program `holdfast` into a directory, as the executable would be; gives the directory. */
function programIn(directory: string): string {
  const script = `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`;
  writeFileSync(join(directory, 'holdfast'), script, { mode: 0o755 });
  return directory;
}

test('its first block needs five commands at most for credentials in an environment', async () => {
  const [block] = readmeBlocks('sh');
  const commands = block!.split(/\n|\|/).filter((command) => command.includes('holdfast '));
  expect(commands.length).toBeLessThanOrEqual(5);
  const port = String(await freePort());
  const home = temporaryDirectory();
  const shell = spawn('bash', ['-eo', 'pipefail'], {
    cwd: home,
    detached: true,
    env: {
      PATH: `${programIn(temporaryDirectory())}:${process.env.PATH}`,
      PORT: port,
      BCRYPT_COST: '4',
      HOLDFAST_URL: `http://127.0.0.1:${port}`,
      HOLDFAST_TIMEOUT: '30s',
      XDG_CONFIG_HOME: home,
    },
  });
  whenDone(() => {
    if (shell.exitCode === null) process.kill(-shell.pid!, 'SIGKILL');
  });
  let output = '';
  for (const stream of [shell.stdout, shell.stderr])
    stream.setEncoding('utf8').on('data', (data: string) => (output += data));
  const closed = once(shell, 'close');
  shell.stdin.end(`trap 'kill %1' EXIT\n${block}\necho over\n`);
  await closed;
  expect(output).toMatch(/^HOLDFAST_FREE_1_USERNAME=.+$/m);
  expect(output).toMatch(/^HOLDFAST_FREE_1_PASSWORD=.+$/m);
  expect(output).toContain('\nover\n');
});

test("README's pools file is one", () => {
  const [text] = readmeBlocks('yaml', 'Lending real containers');
  const { pools } = parsePoolsFile(text!, { file: 'README.md', drivers: DRIVERS, env: {} });
  expect(pools.map(({ name, driver, size }) => ({ name, driver, size }))).toEqual([
    { name: 'boxes', driver: 'docker', size: 2 },
  ]);
});

test('every file and script that README names exists', () => {
  const named = readmeLinks();
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

function readmeLinks(): string[] {
  const text = readme();
  const links = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path]) => path!);
  const scripts = [...text.matchAll(/\b(scripts\/[\w./-]+\.sh)\b/g)].map(([, path]) => path!);
  return [...links, ...scripts];
}
