import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Situation } from './situations';

/** The place in which a command of a server runs. */
export interface Place {
  dataDir: string;
  /** Its working directory, with the files `backup.db` and `import.json`. */
  cwd: string;
  /** The port of a server that is at work. */
  busyPort: number;
  situation: Situation;
}

export interface ServerCase {
  words: (place: Place) => string[];
  /** Is there a data directory, or does the command make it? */
  installed?: boolean;
  env?: Record<string, string>;
  /** The command goes on until it is ended, after it has shown this. */
  until?: (situation: Situation) => RegExp;
  /** Does it take part in this situation? By default, in all. */
  when?: (title: string) => boolean;
}

const POOLS = 'pools.yaml';
const isAlone = (title: string) => !/installation|server/.test(title);
const ADDRESS = 'ada@example.org';

const serving = ({ situation, busyPort, cwd }: Place) => {
  writeFileSync(
    join(cwd, POOLS),
    'pools: [{ name: lab, kind: account, driver: simulated, size: 1, simulate: true }]',
  );
  const port = situation.title === 'a server at work' ? busyPort : 0;
  return ['serve', '--port', `${port}`, '--pools', POOLS];
};

/** The last that a server shows at its start. */
const begun = ({ columns, after }: Situation) => {
  if (after !== undefined) return /\n/;
  return columns === undefined ? /"msg":"serving"\}\n/ : /serving[^]*password\./;
};

const SETUP = ['setup', '--name', 'Ada', '--email', ADDRESS];

/** Every command that runs or repairs a server; a name may end in words. */
export const SERVER_CASES: Readonly<Record<string, ServerCase>> = {
  serve: { words: serving, until: begun },
  'serve for the first time': {
    words: serving,
    installed: false,
    until: begun,
    when: (title) => title.startsWith('a terminal'),
  },
  setup: { words: () => SETUP, installed: false },
  'setup without a password': {
    words: () => SETUP,
    installed: false,
    env: { ADMIN_PASSWORD: '' },
    when: isAlone,
  },
  'reset-password': { words: () => ['reset-password', ADDRESS] },
  'reset-password of nobody': { words: () => ['reset-password', 'bob'], when: isAlone },
  'check-config': { words: () => ['check-config'] },
  'check-config with problems': {
    words: () => ['check-config'],
    env: { PORT: 'x', HOST: 'no host', LOG_LEVL: 'debug' },
    when: isAlone,
  },
  backup: { words: () => ['backup', 'copy.db'] },
  restore: { words: () => ['restore', 'backup.db'] },
  verify: { words: () => ['verify'] },
  rekey: { words: () => ['rekey'] },
  import: { words: () => ['import', 'import.json'] },
  'docker-proxy': {
    words: () => ['docker-proxy', '--listen', '127.0.0.1:0', '--engine', '/nowhere.sock'],
    until: () => /listening/,
    when: isAlone,
  },
  'docker-proxy without an address': {
    words: () => ['docker-proxy', '--listen', 'here'],
    when: isAlone,
  },
  completion: { words: () => ['completion', 'bash'], when: isAlone },
  'completion of no shell': { words: () => ['completion', 'csh'], when: isAlone },
};
