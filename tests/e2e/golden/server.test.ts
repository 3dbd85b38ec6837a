import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../../helpers/engine';
import { ServerProcess, SETUP_TOKEN } from '../../helpers/process';
import { CANARY, compare } from './compared';
import { SERVER_CASES, type Place, type ServerCase } from './server-cases';
import { OF_SERVERS, seen, type Situation, type Watched } from './situations';

jest.setTimeout(120_000);

const POOLS = `pools:
  - { name: lab, kind: account, driver: simulated, size: 1, simulate: true }`;
const IMPORTED = {
  users: [{ name: 'Bob', email: 'bob@example.org', password: CANARY }],
  accounts: [{ pool: 'lab', type: 'default', username: 'lab-old', password: CANARY }],
};

let atWork: ServerProcess;
/** A copy of its database. */
let backup: string;

beforeAll(async () => {
  atWork = await ServerProcess.start({ pools: POOLS, dataDir: temporaryDirectory() });
  const token = await atWork.setUp(SETUP_TOKEN);
  await atWork.until('an account that is ready', async () => {
    const { body } = await atWork.http.get('/v1/pools/lab', { token });
    return (body as { counts: { available?: number } }).counts.available === 1;
  });
  backup = join(temporaryDirectory(), 'backup.db');
  await seen({ words: ['backup', backup], env: { DATA_DIR: atWork.dataDir } }, { title: '' });
});

/** A place for one run: nothing that it changes is seen by another. */
function placeFor({ installed = true }: ServerCase, situation: Situation): Place {
  const cwd = temporaryDirectory();
  cpSync(backup, join(cwd, 'backup.db'));
  writeFileSync(join(cwd, 'import.json'), JSON.stringify(IMPORTED));
  const busyPort = Number(new URL(atWork.url).port);
  const isBusy = situation.title === 'a server at work';
  const dataDir = isBusy ? atWork.dataDir : join(cwd, 'data');
  if (installed && !isBusy && situation.title !== 'no installation') {
    mkdirSync(dataDir);
    cpSync(backup, join(dataDir, 'holdfast.db'));
    cpSync(join(atWork.dataDir, 'master.key'), join(dataDir, 'master.key'));
  }
  return { dataDir, cwd, busyPort, situation };
}

async function shownOf(given: ServerCase, situation: Situation) {
  const { words, env, until } = given;
  const place = placeFor(given, situation);
  const variables = { DATA_DIR: place.dataDir, BCRYPT_COST: '4', ADMIN_PASSWORD: CANARY, ...env };
  const meanwhile = async (running: Watched) => {
    if (
      await running.shows(until!(situation)).then(
        () => true,
        () => false,
      )
    )
      running.end();
  };
  const run = { words: words(place), env: variables, cwd: place.cwd };
  const output = await seen(until ? { ...run, meanwhile } : run, situation);
  return [situation.title, output] as const;
}

test.each(Object.entries(SERVER_CASES))('%s', async (name, given) => {
  const situations = OF_SERVERS.filter(({ title }) => given.when?.(title) ?? true);
  compare(name, await Promise.all(situations.map((each) => shownOf(given, each))));
});
