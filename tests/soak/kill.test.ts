import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../helpers/engine';
import { ServerProcess } from '../helpers/process';
import { Borrower } from './helpers/borrower';
import { Rows, unsound } from './helpers/database';
import { Dice, pause, say, size, soak } from './helpers/soak';
import { JobsByHand, MASTER_KEY } from './helpers/jobs-by-hand';

const KILLS = size('KILLS', 100);
const CLIENTS = size('KILL_CLIENTS', 16);
/** How long a life lasts at most once it lends; ms. */
const LIFE = 1_500;
/** Acknowledged loans per kill, on average. */
const LOANS_PER_KILL = 10;
/** Past every claim (see `claimLength`) and every back-off of these pools; ms. */
const PASS = 60_000;
const PASSES = 3;

/**
 * A resource gets as many attempts as there are passes; `idle`: how often an idle one is verified
 * and rotated.
 */
const pools = (idle: string) => `
pools:
  - name: accounts
    kind: account
    driver: simulated
    size: 6
    settings: { latencyMs: 3, latencyJitterMs: 10,
      failureRates: { clean: 0.02, issueCredential: 0.02, verify: 0.02 } }
    lease: { default: 30m }
    cleaning: { retries: ${PASSES - 1}, backoff: 200ms, backoffMaximum: 1s,
      quarantineRetry: 2s, deadline: 2s }
    verification: { interval: ${idle} }
    rotation: { interval: ${idle} }
  - name: boxes
    kind: container
    driver: simulated
    size: 6
    settings: { opensAccess: true, latencyMs: 3, latencyJitterMs: 10,
      failureRates: { openAccess: 0.02, provision: 0.05, clean: 0.02 } }
    lease: { default: 30m }
    cleaning: { retries: ${PASSES - 1}, backoff: 200ms, backoffMaximum: 1s,
      quarantineRetry: 2s, deadline: 2s }
    verification: { interval: ${idle} }
`;

soak('a server that is killed', () => {
  it(`loses and doubles nothing in ${KILLS} kills`, async () => {
    const dice = Dice.thrown('kill');
    const dataDir = temporaryDirectory();
    const options = {
      dataDir,
      pools: pools('3s'),
      env: { MASTER_KEY: MASTER_KEY.toString('base64'), LOG_LEVEL: 'info' },
    };
    const first = await ServerProcess.start(options);
    const token = await first.setUp();
    await first.kill();
    const borrowers = Array.from(
      { length: CLIENTS },
      (_, index) =>
        new Borrower(
          token,
          index % 2 === 0 ? 'accounts' : 'boxes',
          new Dice(dice.seed + index + 1),
        ),
    );
    const lent = () => borrowers.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
    let early = 0;
    for (let kill = 1; kill <= KILLS; kill += 1) {
      // Sometimes before it lends, at any moment of its start; otherwise while it lends.
      if (dice.fraction() < 0.15) {
        early += 1;
        await ServerProcess.startAndKill(options, dice.between(0, 1_500));
      } else {
        const server = await ServerProcess.start(options);
        const begun = lent();
        const working = borrowers.map((borrower) => borrower.work(server.http));
        await server.until('it lends', async () => lent() > begun);
        await pause(dice.between(0, LIFE));
        await server.kill();
        await Promise.all(working);
      }
      const rows = new Rows(dataDir);
      expect({ kill, faults: faultsOf(rows, borrowers, dataDir) }).toEqual({ kill, faults: [] });
      rows.close();
    }
    const last = await ServerProcess.start(options);
    await Promise.all(borrowers.map((borrower) => borrower.finish(last.http)));
    await last.kill();
    const jobs = await JobsByHand.open(dataDir);
    // The bad luck stays. Idle resources are left alone, so that nothing begins in the last pass
    // that would need another.
    await jobs.load(pools('1d'));
    for (let pass = 1; pass <= PASSES; pass += 1) await jobs.pass(PASS);
    const rows = new Rows(dataDir);
    expect(faultsOf(rows, borrowers, dataDir)).toEqual([]);
    expect(
      rows.all(
        "select name, status, reason from resources where status not in ('available', " +
          "'allocated', 'quarantined', 'destroyed')",
      ),
    ).toEqual([]);
    const figures = [
      `${KILLS} kills, ${early} of them in the start`,
      `${lent()} loans acknowledged`,
      `${rows.count('select count(*) from events')} events`,
    ];
    const failed = rows.count("select count(*) from events where type = 'resource.failed'");
    say(
      `kill: ${figures.join(', ')}, ${failed} failures, ` +
        `${rows.count("select count(*) from resources where status = 'quarantined'")} ` +
        'quarantined at the end',
    );
    expect(lent()).toBeGreaterThanOrEqual(LOANS_PER_KILL * KILLS);
    rows.close();
    await jobs.close();
  });
});

/** Unsound states, promises that are not kept, and driver calls that were not written down. */
function faultsOf(rows: Rows, borrowers: Borrower[], dataDir: string): string[] {
  return [
    ...unsound(rows),
    ...borrowers.flatMap((borrower) => [...borrower.wrong, ...borrower.contradictions(rows)]),
    ...lostOperations(rows, dataDir),
  ];
}

/** Operations that the simulated cloud has seen, and the database has not. */
function lostOperations(rows: Rows, dataDir: string): string[] {
  const cloud = join(dataDir, 'simulated.db');
  // The first start may have been interrupted before it made the cloud, or its tables.
  if (!existsSync(cloud)) return [];
  rows.connection.prepare('attach ? as cloud').run(cloud);
  const empty = rows.count("select count(*) from cloud.sqlite_schema where name = 'things'") === 0;
  const issuing = "select value ->> 'credentialId' from cloud.things, json_each(logins)";
  const seen =
    'select operation_id as id from cloud.things union select last_operation from ' +
    `cloud.things union ${issuing}`;
  const lost = empty
    ? []
    : rows.all<{ id: string }>(
        `select id from (${seen}) where id not in (select id from operations)`,
      );
  rows.connection.exec('detach cloud');
  return lost.map(({ id }) => `operation ${id} is lost`);
}
