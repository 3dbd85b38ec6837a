import { temporaryDirectory } from '../helpers/engine';
import { ServerProcess } from '../helpers/process';
import { Borrower } from './helpers/borrower';
import { Rows, unsound } from './helpers/database';
import { Dice, pause, say, size, soak } from './helpers/soak';
import { JobsByHand, MASTER_KEY } from './helpers/jobs-by-hand';

const KILLS = size('KILLS', 25);
const CLIENTS = size('KILL_CLIENTS', 16);
const POOLS = `
pools:
  - name: accounts
    kind: account
    driver: simulated
    size: 6
    settings: { latencyMs: 3, latencyJitterMs: 10, failureRates: { clean: 0.02, issueCredential: 0.02, verify: 0.02 } }
    lease: { default: 30m }
    cleaning: { backoff: 200ms, backoffMaximum: 1s, quarantineRetry: 2s, deadline: 2s }
    verification: { interval: 3s }
    rotation: { interval: 4s }
  - name: boxes
    kind: container
    driver: simulated
    size: 6
    settings: { opensAccess: true, latencyMs: 3, latencyJitterMs: 10, failureRates: { openAccess: 0.02, provision: 0.05 } }
    lease: { default: 30m }
    cleaning: { backoff: 200ms, backoffMaximum: 1s, quarantineRetry: 2s, deadline: 2s }
    verification: { interval: 3s }
`;

soak('a server that is killed', () => {
  it(`loses and doubles nothing in ${KILLS} kills`, async () => {
    const dice = Dice.thrown('kill');
    const dataDir = temporaryDirectory();
    const start = () => ServerProcess.start({ dataDir, pools: POOLS, env: { MASTER_KEY: MASTER_KEY.toString('base64'), LOG_LEVEL: 'info' } });
    let server = await start();
    const token = await server.setUp();
    const borrowers = Array.from({ length: CLIENTS }, (_, index) => new Borrower(token, index % 2 === 0 ? 'accounts' : 'boxes', new Dice(dice.seed + index + 1)));
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const { http } = server;
      const working = borrowers.map((borrower) => borrower.work(http));
      await pause(dice.between(20, 2_500));
      await server.kill();
      await Promise.all(working);
      const rows = new Rows(dataDir);
      expect({ kill, faults: unsound(rows) }).toEqual({ kill, faults: [] });
      for (const borrower of borrowers) expect({ kill, faults: borrower.contradictions(rows) }).toEqual({ kill, faults: [] });
      rows.close();
      server = await start();
    }
    await Promise.all(borrowers.map((borrower) => borrower.finish(server.http)));
    const faults = borrowers.flatMap(({ wrong }) => wrong);
    expect(faults).toEqual([]);
    await server.kill();
    const jobs = await JobsByHand.open(dataDir);
    // Without the bad luck that the kills were to meet: a failure in the last pass would be no fault of ours.
    await jobs.load(POOLS.replace(/failureRates: \{[^}]*\}/g, 'failureRates: {}'));
    for (let pass = 1; pass <= 3; pass += 1) await jobs.pass();
    const rows = new Rows(dataDir);
    expect(unsound(rows)).toEqual([]);
    for (const borrower of borrowers) expect(borrower.contradictions(rows)).toEqual([]);
    expect(rows.all("select name, status, reason from resources where status not in ('available', 'allocated', 'quarantined', 'destroyed')")).toEqual([]);
    say(`kill: ${KILLS} kills, ${borrowers.reduce((sum, { loans }) => sum + loans, 0)} loans acknowledged, ${rows.count('select count(*) from events')} events`);
    rows.close();
    await jobs.close();
  });
});
