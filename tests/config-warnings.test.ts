import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { readSettings } from '../src/config';
import { warningsOf } from '../src/config-warnings';
import type { Env } from '../src/environment';

const NOWHERE = { cwd: '/srv', readEnvFile: () => undefined };
const EXAMPLE = parseEnv(readFileSync(join(__dirname, '..', '.env.example'), 'utf8'));

/** The warnings of an environment, as `FIELD: message`. */
function warnings(env: Env): string[] {
  const { settings } = readSettings(env, NOWHERE);
  const found = warningsOf(settings, env, () => ({ file: 'environment' }));
  expect(found.filter(({ file, isWarning }) => file !== 'environment' || !isWarning)).toEqual([]);
  return found.map(({ field, message }) => `${field}: ${message}`);
}

const ENABLED = { BACKUP_DIR: 'b', GITHUB_CLIENT_ID: 'i', LEGACY_API: 'open' };

it.each<[Env, Env]>([
  [{ BACKUP_AT: '03:00' }, ENABLED],
  [{ BACKUP_KEEP: '3' }, ENABLED],
  [{ GITHUB_ORGS: 'lab' }, { GITHUB_CLIENT_ID: 'i', GITHUB_CLIENT_SECRET: 's' }],
  [{ GITHUB_URL: 'https://git.example.org' }, ENABLED],
  [{ LEGACY_OPEN_CIDRS: '10.0.0.0/8' }, ENABLED],
])('%j has no effect alone, and is told, unless there is %j', (env, beside) => {
  const [name] = Object.keys(env);
  expect(warnings(env)).toEqual([expect.stringMatching(`^${name}: has no effect `)]);
  expect(warnings({ ...env, ...beside })).toEqual([]);
  expect(warnings({ ...env, [name!]: EXAMPLE[name!] })).toEqual([]);
});

it.each<[Env, RegExp[]]>([
  [
    { RATE_LIMIT_LOGIN: '30', RATE_LIMIT_ADDRESS: '10' },
    [/^RATE_LIMIT_LOGIN: has no effect above/],
  ],
  [{ RATE_LIMIT_LOGIN: '30', RATE_LIMIT_ADDRESS: '0' }, []],
  [{ RATE_LIMIT_ADDRESS: '10' }, []],
  [{ SESSION_IDLE: '8d' }, [/^SESSION_IDLE: has no effect above SESSION_LASTS/]],
  [{ SESSION_IDLE: '7d' }, []],
  [
    { MAX_CONNECTIONS_PER_ADDRESS: '999999' },
    [/^MAX_CONNECTIONS_PER_ADDRESS: exceeds the limit for all addresses together, which is \d+/],
  ],
  [{ MAX_CONNECTIONS_PER_ADDRESS: '5' }, []],
  [{ LEGACY_OPEN_CIDRS: 'wrong', LEGACY_API: 'off' }, []],
  [{ BACKUP_KEEP: '3', PORT: 'wrong' }, [/^BACKUP_KEEP: has no effect/]],
  [EXAMPLE, []],
  [
    { ...EXAMPLE, POOL_FILE: 'x' },
    [/^POOL_FILE: is unknown and ignored; do you mean POOLS_FILE\?$/],
  ],
])('limits and names are compared: %#', (env, expected) => {
  expect(warnings(env)).toEqual(expected.map((line) => expect.stringMatching(line)));
});

it('contradictions are told beside wrong variables, at the line of the one that is set', () => {
  const lines = [
    'PORT=x',
    'GITHUB_CLIENT_ID=i',
    'MAX_CONNECTIONS=50',
    'MAX_CONNECTIONS_PER_ADDRESS=51',
  ];
  const { problems } = readSettings({}, { cwd: '/srv', readEnvFile: () => lines.join('\n') });
  expect(problems.map(({ file, line, field }) => `${file}:${line}: ${field}`)).toEqual([
    '/srv/.env:1: PORT',
    '/srv/.env:2: GITHUB_CLIENT_SECRET',
    '/srv/.env:4: MAX_CONNECTIONS_PER_ADDRESS',
  ]);
});
