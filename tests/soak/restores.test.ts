import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { makeBackup } from '../../src/backup/make';
import { sealer } from '../../src/crypto/sealing';
import { rekey } from '../../src/store/sqlite/rekey';
import { temporaryDirectory } from '../helpers/engine';
import { MAIN, ServerProcess } from '../helpers/process';
import { sealedTexts } from '../ops/support/sealed';
import { Witness } from './helpers/acknowledged';
import { Rows, unsound } from './helpers/database';
import { Dice, pause, say, size, soak } from './helpers/soak';
import { JobsByHand, MASTER_KEY } from './helpers/jobs-by-hand';
import Database from 'better-sqlite3';

const RESTORES = size('RESTORES', 50);
const KILLS = size('REKEY_KILLS', 50);
const SECRETS = size('REKEY_SECRETS', 10_000);
const KEY = MASTER_KEY.toString('base64');
const NEW_KEY = Buffer.alloc(32, 8);
const POOLS = `
pools:
  - { name: accounts, kind: account, driver: simulated, size: 8 }
  - { name: boxes, kind: container, driver: simulated, size: 4, settings: { opensAccess: true } }
`;

/**
 * Runs a command, killed after that many ms if given. Gives the exit code, null if it was killed.
 */
async function command(
  args: string[],
  env: Record<string, string>,
  killAfter?: number,
): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
  const timer =
    killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  return { code, stderr };
}

/** Everything that a database holds of loans, to tell two apart. */
function fingerprint(dataDir: string): string {
  const rows = new Rows(dataDir, false);
  try {
    return (
      `${rows.count('select max(seq) from events')} ` +
      `${rows.count('select count(*) from reservations')} ` +
      `${rows.count("select count(*) from metadata where name = 'epoch'")}`
    );
  } finally {
    rows.close();
  }
}

soak('backups of a loaded server', () => {
  test(`can be restored, ${RESTORES} times, sometimes interrupted`, async () => {
    const dice = Dice.thrown('restores');
    const server = await ServerProcess.start({ pools: POOLS, env: { MASTER_KEY: KEY } });
    const token = await server.setUp();
    const witnesses = [0, 1, 2, 3].map(
      (index) => new Witness(token, index % 2 ? 'boxes' : 'accounts'),
    );
    const working = witnesses.map((witness) => witness.work(server.http));
    const backups: string[] = [];
    for (let made = 0; made < RESTORES; made += 1) {
      const path = join(temporaryDirectory(), 'backup.db');
      await makeBackup(join(server.dataDir, 'holdfast.db'), path, undefined);
      backups.push(path);
      await pause(dice.between(5, 60));
    }
    witnesses.forEach((witness) => witness.stop());
    await Promise.all(working);
    await server.kill();
    let cut = 0;
    for (const [index, backup] of backups.entries())
      cut += Number(
        await restoreInto(
          server.dataDir,
          backup,
          index % 5 === 4 ? dice.between(50, 700) : undefined,
        ),
      );
    say(
      `restores: ${RESTORES}, of which ${cut} were cut off before they took place; ` +
        `${witnesses.reduce((sum, { loans }) => sum + loans.length, 0)} loans meanwhile`,
    );
  });

  /** Was it interrupted before it took place? */
  async function restoreInto(source: string, backup: string, killAfter?: number): Promise<boolean> {
    const dataDir = join(temporaryDirectory(), 'data');
    cpSync(source, dataDir, { recursive: true });
    const before = fingerprint(dataDir);
    const { code } = await command(
      ['restore', backup],
      { DATA_DIR: dataDir, MASTER_KEY: KEY },
      killAfter,
    );
    if (code !== null) expect(code).toBe(0);
    // The next start completes what was decided; nothing else may exist.
    await command(['check-config'], { DATA_DIR: dataDir, MASTER_KEY: KEY });
    if (existsSync(join(dataDir, 'holdfast.db.restored'))) return false;
    const rows = new Rows(dataDir, false);
    expect(unsound(rows)).toEqual([]);
    const happened = rows.count("select count(*) from metadata where name = 'epoch'") === 1;
    if (happened) {
      expect(rows.count("select count(*) from reservations where status <> 'ended'")).toBe(0);
      expect(
        rows.count("select count(*) from resources where status in ('available', 'allocated')"),
      ).toBe(0);
    }
    rows.close();
    if (!happened) expect(fingerprint(dataDir)).toBe(before);
    if (happened) await expectCleaned(dataDir);
    return !happened;
  }

  /**
   * A resource becomes available only through a finished cleaning, or as a new one; and every one
   * does, or says that its secret is stale.
   */
  async function expectCleaned(dataDir: string): Promise<void> {
    const jobs = await JobsByHand.open(dataDir);
    for (let pass = 0; pass < 3; pass += 1) await jobs.passNow();
    await jobs.close();
    const rows = new Rows(dataDir, false);
    expect(unsound(rows)).toEqual([]);
    expect(
      rows.all(
        "select name, status, reason from resources where status not in ('available', " +
          "'destroyed') and reason is not 'stale_credential'",
      ),
    ).toEqual([]);
    // A provisioning or cleaning continues as its next step, under one id: of a cleaning, only its
    // time stays.
    expect(
      rows.all(`select name from resources r where status = 'available' and not exists
      (select 1 from operations o
       where o.resource_id = r.id and o.outcome = 'done' and o.generation = r.generation
         and (o.kind = 'provision' or (o.kind = 'issueCredential' and r.cleaned_at is null)
           or o.created_at <= r.cleaned_at))`),
    ).toEqual([]);
    rows.close();
  }
});

soak('a change of the master key', () => {
  test(`of ${SECRETS} secrets, killed ${KILLS} times, leaves each under the new key`, async () => {
    const dice = Dice.thrown('rekey');
    const server = await ServerProcess.start({ pools: POOLS, env: { MASTER_KEY: KEY } });
    await server.setUp();
    await server.stop();
    const file = join(server.dataDir, 'holdfast.db');
    addSecrets(file, sealer(MASTER_KEY));
    const before = new Map(
      sealedTexts(file).map(({ place, sealed }) => [place, sealer(MASTER_KEY).open(place, sealed)]),
    );
    const env = {
      DATA_DIR: server.dataDir,
      MASTER_KEY: KEY,
      NEW_MASTER_KEY: NEW_KEY.toString('base64'),
    };
    let killed = 0;
    let halfWay = 0;
    while (killed < KILLS) {
      const { code } = await command(['rekey'], env, dice.between(150, 900));
      if (code === null) killed += 1;
      const texts = sealedTexts(file);
      expect(
        texts.filter(({ place, sealed }) => readable(place, sealed) !== before.get(place)),
      ).toEqual([]);
      const isNew = texts.filter(({ sealed }) =>
        sealed.startsWith(`v1.${sealer(NEW_KEY).keyId}.`),
      ).length;
      halfWay += Number(isNew > 0 && isNew < texts.length);
      // Done before it was killed often enough: back, and again.
      if (code === 0) rekey(file, sealer(NEW_KEY), sealer(MASTER_KEY));
    }
    expect(await command(['rekey'], env)).toMatchObject({ code: 0 });
    const texts = sealedTexts(file);
    expect(texts.length).toBe(before.size);
    expect(
      texts.filter(
        ({ place, sealed }) => sealer(NEW_KEY).open(place, sealed) !== before.get(place),
      ),
    ).toEqual([]);
    say(`rekey: ${texts.length} texts, killed ${killed} times, ${halfWay} of them half-way`);
    const again = await ServerProcess.start({
      pools: POOLS,
      dataDir: server.dataDir,
      env: { MASTER_KEY: NEW_KEY.toString('base64') },
    });
    expect(
      (
        await again.http.get('/v1/me', {
          headers: { Authorization: `Basic ${btoa('ada@example.org:correct horse')}` },
        })
      ).status,
    ).toBe(200);
    await again.stop();
  });

  function readable(place: string, sealed: string): string {
    const { keyId } = sealer(NEW_KEY);
    return sealer(sealed.startsWith(`v1.${keyId}.`) ? NEW_KEY : MASTER_KEY).open(place, sealed);
  }

  function addSecrets(file: string, { seal }: ReturnType<typeof sealer>): void {
    const db = new Database(file);
    const resource = db
      .prepare<[], string>("select id from resources where kind = 'account' limit 1")
      .pluck()
      .get()!;
    const insert = db.prepare(
      "insert into credentials (id, resource_id, state, sealed, created_at) values (?, ?, 'retiring', ?, 0)",
    );
    db.transaction(() => {
      for (let made = 0; made < SECRETS; made += 1)
        insert.run(
          `made-${made}`,
          resource,
          seal(`credentials/made-${made}/sealed`, `secret ${made}`),
        );
    })();
    db.close();
  }
});
