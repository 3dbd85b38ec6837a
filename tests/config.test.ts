import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { readConfig, type Config } from '../src/config';
import { readEnvironment, type Env } from '../src/environment';
import { ConfigError } from '../src/config-error';
import { CONFIG_DEFAULTS, configSchema } from '../src/config-schema';
import { misspelledIn } from '../src/misspelled';
import { textOf } from '../src/text-file';

const KEY = Buffer.alloc(32, 9).toString('base64');
const EXAMPLE = readFileSync(join(__dirname, '..', '.env.example'), 'utf8');

/** The configuration of this environment in /srv, with this text as its `.env`. */
function config(env: Env, envFile?: string): Config {
  return readConfig(env, {
    cwd: '/srv',
    readEnvFile: (path) => (path === '/srv/.env' ? envFile : undefined),
  });
}

function problem(env: Env): string {
  try {
    config(env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).exitCode).toBe(78);
    return (error as ConfigError).message;
  }
  throw new Error('It was accepted.');
}

const DAY = 86_400_000;

/** Settings that usually stay at their defaults. */
const REST = {
  github: undefined,
  webhookAllow: [],
  logFormat: 'json',
  mcp: true,
  metrics: 'off',
  backup: undefined,
  bindThreads: false,
  minFreeDisk: 256 * 2 ** 20,
  maxBody: 256 * 1024,
  rates: { token: 6000, address: 12_000, login: 20 },
  connections: { most: undefined, perAddress: undefined },
  caps: { active: 1000, queued: 1000, queue: 10_000 },
  sessions: { lasts: 7 * DAY, idle: DAY / 2 },
  keptFor: { reservations: 90 * DAY, events: 30 * DAY, operations: 7 * DAY, idempotency: DAY },
};

describe('readConfig', () => {
  it('has a default for everything', () => {
    expect(config({})).toEqual({
      host: '127.0.0.1',
      port: 8080,
      dataDir: '/srv/data',
      cacheDir: '/srv/data/.cache',
      poolsFile: undefined,
      masterKey: undefined,
      masterKeyFile: undefined,
      setupToken: undefined,
      legacyApi: 'guarded',
      legacyOpenCidrs: ['127.0.0.0/8', '::1/128'],
      logLevel: 'info',
      driverVariables: { DOCKER_HOST: undefined },
      trustProxy: false,
      publicUrl: undefined,
      bcryptCost: 12,
      ...REST,
    });
  });

  it('reads what is set, and makes paths absolute', () => {
    const env = {
      HOST: '::',
      PORT: '0',
      DATA_DIR: '/var/lib/holdfast',
      POOLS_FILE: 'pools.yaml',
      MASTER_KEY_FILE: '../secret/key',
      SETUP_TOKEN: 'let me in, please',
      LEGACY_API: 'off',
      LOG_LEVEL: 'silent',
      DOCKER_HOST: 'unix:///run/docker.sock',
      TRUST_PROXY: 'loopback, 10.0.0.0/8,2001:db8::1',
      PUBLIC_URL: 'https://example.org/holdfast/',
      BCRYPT_COST: '4',
    };
    expect(config(env)).toEqual({
      host: '::',
      port: 0,
      dataDir: '/var/lib/holdfast',
      cacheDir: '/var/lib/holdfast/.cache',
      poolsFile: '/srv/pools.yaml',
      masterKey: undefined,
      masterKeyFile: '/secret/key',
      setupToken: 'let me in, please',
      legacyApi: 'off',
      legacyOpenCidrs: ['127.0.0.0/8', '::1/128'],
      logLevel: 'silent',
      driverVariables: { DOCKER_HOST: 'unix:///run/docker.sock' },
      trustProxy: ['loopback', '10.0.0.0/8', '2001:db8::1'],
      publicUrl: 'https://example.org/holdfast',
      bcryptCost: 4,
      ...REST,
    });
  });

  it('accepts a nightly backup, and 0 for no limit', () => {
    const backup = { BACKUP_DIR: 'backups', BACKUP_AT: '23:05', BACKUP_KEEP: '3' };
    expect(config({ ...backup, MAX_ACTIVE_PER_USER: '0' })).toMatchObject({
      backup: { directory: '/srv/backups', minute: 1385, keep: 3, encryptTo: undefined },
      caps: { active: null, queued: 1000, queue: 10_000 },
    });
  });

  it.each([
    ['true', 'api'],
    [':9464', { host: '127.0.0.1', port: 9464 }],
    ['0.0.0.0:9464', { host: '0.0.0.0', port: 9464 }],
    ['[::1]:0', { host: '::1', port: 0 }],
    ['metrics.example.org:80', { host: 'metrics.example.org', port: 80 }],
  ])('METRICS=%s is %j', (text, metrics) => {
    expect(config({ METRICS: text })).toMatchObject({ metrics });
  });

  it('refuses to serve metrics without a credential at the address of the API', () => {
    const message = 'is the address of the API; use another port, or METRICS=true.';
    expect(problem({ METRICS: ':8080' })).toBe(`environment: METRICS: ${message}`);
    expect(() => config({ METRICS: '[::1]:8080' })).not.toThrow();
  });

  it('accepts a number of connections, and none for one that the machine decides', () => {
    expect(config({ MAX_CONNECTIONS: '50' }).connections).toEqual({
      most: 50,
      perAddress: undefined,
    });
    expect(() => config({ MAX_CONNECTIONS: '0' })).toThrow(
      'MAX_CONNECTIONS: must be a whole number from 20 to 1000000.',
    );
  });

  it('accepts retention times, but keeps no reservation for less than the key of its request', () => {
    const kept = {
      KEEP_RESERVATIONS: '5m',
      KEEP_EVENTS: '1m',
      KEEP_OPERATIONS: '1.5h',
      KEEP_IDEMPOTENCY_KEYS: '5m',
    };
    expect(config(kept).keptFor).toEqual({
      reservations: 300_000,
      events: 60_000,
      operations: 5_400_000,
      idempotency: 300_000,
    });
    expect(problem({ ...kept, KEEP_IDEMPOTENCY_KEYS: '6m' })).toMatch(
      /^environment: KEEP_RESERVATIONS: must not be shorter than KEEP_IDEMPOTENCY_KEYS/,
    );
  });

  it('treats an empty variable as unset, and ignores other variables', () => {
    expect(config({ PORT: '', SETUP_TOKEN: ' ', PATH: '/bin', LEGACY: 'x' })).toEqual(config({}));
  });

  it.each([
    ['2', 2],
    ['0', 0],
    ['', false],
  ])('reads TRUST_PROXY=%s as %p', (text, trustProxy) => {
    expect(config({ TRUST_PROXY: text })).toMatchObject({ trustProxy });
  });

  it.each<[string, string]>([
    ['HOST', 'http://here'],
    ['HOST', 'two words'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '80.5'],
    ['PORT', '0x50'],
    ['PORT', 'http'],
    ['MASTER_KEY', 'hunter2'],
    ['LEGACY_API', 'enabled'],
    ['LOG_LEVEL', 'verbose'],
    ['DOCKER_HOST', '/run/engine'],
    ['DOCKER_HOST', 'ssh://engine'],
    ['DOCKER_HOST', 'npipe:////./pipe/docker_engine'],
    ['DOCKER_HOST', 'tcp://engine:99999'],
    ['DOCKER_HOST', 'unix://docker.sock'],
    ['LEGACY_OPEN_CIDRS', 'loopback'],
    ['WEBHOOK_ALLOW', '127.1'],
    ['WEBHOOK_ALLOW', '10.0.0.0/0'],
    ['WEBHOOK_ALLOW', 'http://inside.example'],
    ['LEGACY_OPEN_CIDRS', '10.0.0.0/8,uniquelocal'],
    ['TRUST_PROXY', 'true'],
    ['TRUST_PROXY', '*'],
    ['TRUST_PROXY', '0.0.0.0/0'],
    ['TRUST_PROXY', '10.0.0.0/33'],
    ['TRUST_PROXY', '10.0.0.1,'],
    ['TRUST_PROXY', 'proxy.example.org'],
    ['PUBLIC_URL', 'example.org'],
    ['PUBLIC_URL', 'ftp://example.org'],
    ['PUBLIC_URL', 'https://me:pass@example.org'],
    ['PUBLIC_URL', 'https://example.org?x=1'],
    ['BCRYPT_COST', '3'],
    ['BCRYPT_COST', '16'],
    ['BACKUP_AT', '24:00'],
    ['BACKUP_KEEP', 'all'],
    ['SETUP_TOKEN', 'short'],
    ['BACKUP_ENCRYPT_TO', 'somebody'],
    ['LOG_FORMAT', 'xml'],
    ['METRICS', 'yes'],
    ['METRICS', '9465'],
    ['METRICS', '0.0.0.0:65536'],
    ['METRICS', 'no host:9464'],
    ['RATE_LIMIT_LOGIN', 'many'],
    ['KEEP_EVENTS', '90'],
    ['KEEP_EVENTS', '59s'],
    ['KEEP_RESERVATIONS', 'never'],
    ['KEEP_OPERATIONS', '3651d'],
    ['KEEP_IDEMPOTENCY_KEYS', '3651d'],
    ['GITHUB_URL', 'github.com'],
    ['GITHUB_URL', 'https://github.com?x=1'],
    ['GITHUB_ORGS', 'lab one'],
    ['GITHUB_ORGS', 'lab,,two'],
  ])('refuses %s=%s in one line that names it and does not repeat it', (name, value) => {
    const message = problem({ [name]: value });
    expect(message).toMatch(new RegExp(`^environment: ${name}: must be .+\\.$`));
    expect(message).not.toContain('\n');
    if (value !== 'true') expect(message).not.toContain(value);
  });

  it('needs both the client id and the secret for GitHub', () => {
    const app = { GITHUB_CLIENT_ID: 'id', GITHUB_CLIENT_SECRET: 'hush' };
    expect(config(app).github).toEqual({
      url: 'https://github.com',
      clientId: 'id',
      clientSecret: 'hush',
      orgs: [],
    });
    const more = { ...app, GITHUB_URL: 'https://git.example.org/', GITHUB_ORGS: 'lab-1, Lab2' };
    expect(config(more).github).toMatchObject({
      url: 'https://git.example.org',
      orgs: ['lab-1', 'Lab2'],
    });
    expect(
      config({ GITHUB_URL: 'https://git.example.org', GITHUB_ORGS: 'lab' }).github,
    ).toBeUndefined();
    for (const half of [{ GITHUB_CLIENT_ID: 'id' }, { GITHUB_CLIENT_SECRET: 'hush' }]) {
      expect(problem(half)).toBe(
        'environment: GITHUB_CLIENT_SECRET: belongs to GITHUB_CLIENT_ID; set both or neither.',
      );
    }
  });

  it('accepts a master key in two spellings, and from one place only', () => {
    const hex = Buffer.from(KEY, 'base64').toString('hex');
    expect(config({ MASTER_KEY: KEY }).masterKey).toBe(KEY);
    expect(config({ MASTER_KEY: hex }).masterKey).toBe(hex);
    const message = problem({ MASTER_KEY: KEY, MASTER_KEY_FILE: '/secret' });
    expect(message).toBe(
      'environment: MASTER_KEY_FILE: MASTER_KEY is set as well; set only one of them.',
    );
  });
});

describe('CACHE_DIR', () => {
  it.each([
    [{ CACHE_DIR: 'cache', HOME: '/home/ann' }, '/srv/cache'],
    [{ XDG_CACHE_HOME: '/var/xdg', HOME: '/home/ann' }, '/var/xdg/holdfast'],
    [{ XDG_CACHE_HOME: 'relative', HOME: '/home/ann' }, '/home/ann/.cache/holdfast'],
    [{ HOME: '', DATA_DIR: '/data' }, '/data/.cache'],
  ])('with %j is %s', (env, cacheDir) => {
    expect(config(env).cacheDir).toBe(cacheDir);
  });
});

describe('.env', () => {
  it('is read, and the environment wins over it', () => {
    const { host, port, logLevel } = config(
      { PORT: '9000', LOG_LEVEL: '' },
      'HOST=0.0.0.0\nPORT=1\nLOG_LEVEL=trace\n',
    );
    expect({ host, port, logLevel }).toEqual({ host: '0.0.0.0', port: 9000, logLevel: 'info' });
  });

  it('gives its other variables to the pools file', () => {
    const env = { cwd: '/srv', readEnvFile: () => 'LAB_PASSWORD="s 1"\nHOME=/no' };
    expect(readEnvironment({ HOME: '/root' }, env)).toEqual({
      HOME: '/root',
      LAB_PASSWORD: 's 1',
    });
  });

  it.each([
    ['UTF-8 with a byte order mark', Buffer.from('\ufeffPORT=9001\n')],
    ['UTF-16LE', Buffer.from('\ufeffPORT=9001\r\n', 'utf16le')],
    ['UTF-16BE', Buffer.from('\ufeffPORT=9001\r\n', 'utf16le').swap16()],
  ])('may be saved as %s', (_name, bytes) => {
    expect(parseEnv(textOf(bytes))).toEqual({ PORT: '9001' });
  });

  it('must be text', () => {
    expect(() => textOf(Buffer.from([0x50, 0xe9, 0x0a]))).toThrow('not valid');
  });

  it('may be missing', () => {
    expect(
      readConfig({ DATA_DIR: '/x' }, { cwd: '/nowhere', readEnvFile: () => undefined }).dataDir,
    ).toBe('/x');
  });
});

it.each([
  ['POOL_FILE', [{ name: 'POOL_FILE', meant: 'POOLS_FILE' }]],
  ['MASTERKEY', [{ name: 'MASTERKEY', meant: 'MASTER_KEY' }]],
  ['pools_file', [{ name: 'pools_file', meant: 'POOLS_FILE' }]],
  ['DATA_DIR', []],
  ['DATABASE_URL', []],
  ['SUPPORT', []],
  ['LAB_PASSWORD', []],
  ['HOSTNAME', []],
])('%s is like one of ours, or is not', (name, expected) => {
  expect(misspelledIn({ [name]: 'x' })).toEqual(expected);
});

it('a variable is not misspelled if the one that it is like is set, too', () => {
  expect(misspelledIn({ POOL_FILE: 'x', POOLS_FILE: 'y' })).toEqual([]);
});

it('passes on to drivers the variables that they name, and their secrets', () => {
  const env = { DOCKER_HOST: 'tcp://host:1', DRIVER_SECRET_A: 'YQ==', OTHER_SECRET: 'x' };
  expect(config(env).driverVariables).toEqual({
    DOCKER_HOST: 'tcp://host:1',
    DRIVER_SECRET_A: 'YQ==',
  });
});

describe('.env.example', () => {
  it('names the variables of the schema, each with its default', () => {
    expect(parseEnv(EXAMPLE)).toEqual(CONFIG_DEFAULTS);
    expect(Object.keys(CONFIG_DEFAULTS).sort()).toEqual(Object.keys(configSchema.shape).sort());
  });

  it('is itself a configuration: the default one', () => {
    expect(config({}, EXAMPLE)).toEqual(config({}));
  });

  it('has a sentence for each', () => {
    for (const name of Object.keys(CONFIG_DEFAULTS))
      expect(EXAMPLE).toMatch(new RegExp(`^# [A-Z].+\\.\\n${name}=`, 'm'));
  });
});
