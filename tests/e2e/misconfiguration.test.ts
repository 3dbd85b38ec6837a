import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../helpers/engine';
import { poolsFile, runToItsEnd, ServerProcess } from '../helpers/process';

jest.setTimeout(60_000);

const KEY = Buffer.alloc(32, 1).toString('base64');
const pool = (more: string) =>
  `pools: [{ name: boxes, kind: container, driver: simulated, size: 1, ${more} }]`;

/**
 * Starts with these settings and a missing data directory; gives everything visible about a wrong
 * value.
 */
async function expectRefusal(env: Record<string, string>, names: string): Promise<void> {
  const dataDir = join(temporaryDirectory(), 'data');
  const { code, stdout, stderr } = await runToItsEnd({ DATA_DIR: dataDir, ...env });
  expect({ code, stdout }).toEqual({ code: 78, stdout: '' });
  expect(stderr).toMatch(/^holdfast: [^\n]+\n$/);
  expect(stderr).toContain(names);
  expect(existsSync(dataDir)).toBe(false);
}

describe('a wrong value ends the start with one line and 78, and makes nothing', () => {
  test.each([
    ['PORT', { PORT: '99999' }],
    ['HOST', { HOST: 'not a host' }],
    ['LEGACY_API', { LEGACY_API: 'maybe' }],
    ['LOG_LEVEL', { LOG_LEVEL: 'loud' }],
    ['DOCKER_HOST', { DOCKER_HOST: 'somewhere' }],
    ['TRUST_PROXY', { TRUST_PROXY: 'true' }],
    ['PUBLIC_URL', { PUBLIC_URL: 'ftp://example.org' }],
    ['BCRYPT_COST', { BCRYPT_COST: '99' }],
    ['BIND_THREADS', { BIND_THREADS: 'yes' }],
    ['taskset', { BIND_THREADS: 'true', PATH: '/nowhere' }],
    ['MASTER_KEY', { MASTER_KEY: 'short' }],
    ['MASTER_KEY_FILE', { MASTER_KEY: KEY, MASTER_KEY_FILE: '/nowhere/key' }],
    ['/nowhere/key', { MASTER_KEY_FILE: '/nowhere/key' }],
    ['/nowhere/pools.yaml', { POOLS_FILE: '/nowhere/pools.yaml' }],
  ])('%s', (names, env) => expectRefusal(env, names));

  test.each([
    ['an unknown key', 'pools[0].sise', pool('sise: 2')],
    [
      'an unknown key of the settings',
      'pools[0].settings.latencie',
      pool('settings: { latencie: 3 }'),
    ],
    [
      'an unknown driver',
      'pools[0].driver',
      'pools: [{ name: boxes, kind: container, driver: magic, size: 1 }]',
    ],
    [
      'a kind that the driver does not lend',
      'pools[0].kind',
      'pools: [{ name: boxes, kind: vm, driver: docker, settings: { image: x }, size: 1 }]',
    ],
    [
      'a capability that the driver lacks',
      'pools[0].rotation',
      'pools: [{ name: boxes, kind: container, driver: docker, settings: { image: x }, ' +
        'size: 1, rotation: { afterLease: true } }]',
    ],
    [
      'a variable that is not set',
      'pools[0].accounts[0].password',
      'pools: [{ name: lab, kind: account, driver: simulated, simulate: true, accounts: [{ username: a, ' +
        'password: "${NOT_SET}" }] }]',
    ],
    ['no YAML', 'not valid YAML', 'pools: [}'],
  ])('%s in the pools file', (_what, names, text) =>
    expectRefusal({ POOLS_FILE: poolsFile(text) }, names),
  );

  test('no message holds a secret of the pools file', async () => {
    const text =
      'pools: [{ name: lab, kind: account, driver: simulated, simulate: true, accounts: [{ username: a, ' +
      'password: hunter22, nonsense: 1 }] }]';
    const { stderr } = await runToItsEnd({
      DATA_DIR: join(temporaryDirectory(), 'data'),
      POOLS_FILE: poolsFile(text),
    });
    expect(stderr).toContain('nonsense');
    expect(stderr).not.toContain('hunter22');
  });
});

test('a database sealed under another master key is left alone, with 78', async () => {
  const dataDir = temporaryDirectory();
  const server = await ServerProcess.start({ dataDir, env: { MASTER_KEY: KEY } });
  await server.stop();
  const { code, stderr } = await runToItsEnd({
    DATA_DIR: dataDir,
    MASTER_KEY: Buffer.alloc(32, 2).toString('base64'),
  });
  expect(code).toBe(78);
  expect(stderr).toMatch(/^holdfast: [^\n]*MASTER_KEY[^\n]*\n$/);
  expect(existsSync(join(dataDir, 'master.key'))).toBe(false);
});

test('.env is read where the server is started, and the environment wins over it', async () => {
  const cwd = temporaryDirectory();
  writeFileSync(join(cwd, '.env'), 'LOG_LEVEL=loud\nPORT=99999\n');
  const { code, stderr } = await runToItsEnd({ DATA_DIR: join(cwd, 'data'), PORT: '0' }, cwd);
  expect({ code, stderr }).toEqual({
    code: 78,
    stderr: expect.stringMatching(/^holdfast: \S*\.env:1: LOG_LEVEL: /),
  });
});
