import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Lab, type Running } from '../e2e/loans/lab';
import { temporaryDirectory } from '../helpers/engine';
import { ServerProcess } from '../helpers/process';
import { CuttingProxy } from './helpers/cutting-proxy';
import { Dice, pause, say, size, soak } from './helpers/soak';

const COUNT = size('EXEC', 200);
const AT_ONCE = 3;
const BEATER = join(__dirname, 'helpers/beater.sh');
const LEASE = 'lease: { default: 30s, heartbeat: 6s, grace: 0s }';
/**
 * `bare` is lent again at once. Whoever revokes a loan ends it before its holder can know, so those
 * are of `cleaned`, whose driver takes the time of each call that real ones take.
 */
const POOLS = `
pools:
  - { name: bare, kind: account, driver: simulated, size: 2, ${LEASE} }
  - { name: cleaned, kind: account, driver: simulated, size: 1, ${LEASE}, settings: { latencyMs: 500 } }
  - { name: steady, kind: account, driver: simulated, size: 1, lease: { default: 2m } }
`;

/** How a loan, or whoever holds it, comes to its end. */
const FATES = ['done', 'revoked', 'expired', 'cut', 'killed', 'stopped'] as const;
type Fate = (typeof FATES)[number];
const poolOf = (fate: Fate) => (fate === 'revoked' ? 'cleaned' : 'bare');

interface Beats {
  loan: string;
  thing: string;
  first: number;
  last: number;
}

/** When the processes of each loan were alive, in epoch ms. */
function beatsIn(folder: string): Beats[] {
  return readdirSync(folder).map((loan) => {
    const lines = readFileSync(join(folder, loan), 'utf8').trim().split('\n');
    const times = lines.map((line) => Number(line.split(' ')[1]) / 1000);
    return { loan, thing: lines[0]!.split(' ')[0]!, first: times[0]!, last: times.at(-1)! };
  });
}

soak('commands that lose their loans', () => {
  let lab: Lab;
  const beats = join(temporaryDirectory(), 'beats');

  beforeAll(async () => {
    mkdirSync(beats);
    lab = await Lab.start(POOLS);
  });

  const start = (
    url: string,
    pool: string,
    seconds: number,
    note: string,
    ...words: string[]
  ): Running => {
    const exec = ['exec', '--pool', pool, '--grace', '500ms', '--note', note, ...words];
    const command = [...exec, '--', 'bash', BEATER, `${seconds}`];
    const env = { BEATS: beats, NAMED_BY: `HOLDFAST_${pool.toUpperCase()}_1_NAME` };
    return lab.start(command, { url, env });
  };

  /** The loan of a command, once its processes write; null if it has ended before anybody looked. */
  const loanOf = async (running: Running, note: string): Promise<string | null> => {
    let isOver = false;
    void running.ended.then(() => (isOver = true));
    for (; !isOver; await pause(50)) {
      const active = await lab.admin.reservations.list({ status: 'active' }).all();
      const mine = active.find((loan) => loan.note === note);
      if (mine && readdirSync(beats).includes(mine.id)) return mine.id;
    }
    return null;
  };

  const live = async (fate: Fate, after: number, note: string): Promise<void> => {
    const proxy = await CuttingProxy.start(() => lab.server.url);
    const words = fate === 'expired' ? ['--for', '4s', '--no-extend'] : [];
    const seconds = fate === 'done' ? after / 1000 : 60;
    const running = start(proxy.url, poolOf(fate), seconds, note, ...words);
    const loan = await loanOf(running, note);
    if (loan !== null && fate !== 'done' && fate !== 'expired') {
      await pause(after);
      if (fate === 'revoked') await lab.admin.reservations.delete(loan);
      else if (fate === 'cut') proxy.cut();
      else running.child.kill(fate === 'killed' ? 'SIGKILL' : 'SIGSTOP');
    }
    if (fate === 'stopped' && loan !== null)
      while ((await lab.admin.reservations.get(loan)).status !== 'ended') await pause(100);
    if (fate === 'stopped') running.child.kill('SIGCONT');
    await running.ended;
    proxy.close();
  };

  test('nothing of a command is alive when the thing is lent to the next', async () => {
    const dice = Dice.thrown('exec, lost');
    const fates = Array.from({ length: COUNT }, (_one, index) => FATES[index % FATES.length]!);
    const plan = fates.map((fate, index) => ({
      ...{ fate, note: `${index}` },
      after: dice.between(0, 2_000),
    }));
    const queue = [...plan];
    const worker = async () => {
      for (let next = queue.shift(); next; next = queue.shift())
        await live(next.fate, next.after, next.note);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    const loans = await lab.admin.reservations.list().all();
    const fateOf = new Map(loans.map(({ id, note }) => [id, fates[Number(note)]]));
    const lent = new Map(loans.map(({ id, startsAt }) => [id, Date.parse(startsAt!)]));
    const seen = beatsIn(beats).sort((a, b) => lent.get(a.loan)! - lent.get(b.loan)!);
    const overlaps = seen.flatMap((one) => {
      const next = seen.find(
        ({ thing, loan }) => thing === one.thing && lent.get(loan)! > lent.get(one.loan)!,
      );
      const late = next === undefined ? -Infinity : one.last - lent.get(next.loan)!;
      return late >= 0 ? [{ loan: one.loan, fate: fateOf.get(one.loan), lateBy: late }] : [];
    });
    say(`${COUNT} commands, ${seen.length} loans, overlaps: ${overlaps.length}`);
    expect(overlaps).toEqual([]);
    expect(seen.length).toBeGreaterThanOrEqual(COUNT);
  });

  test('the server is killed and starts again: the loan lives, and the command goes on', async () => {
    const { dataDir } = lab.server;
    const port = new URL(lab.server.url).port;
    const running = start(lab.server.url, 'steady', 8, 'restart');
    const loan = await loanOf(running, 'restart');
    await lab.server.kill();
    const server = await ServerProcess.start({ dataDir, pools: POOLS, env: { PORT: port } });
    const { code } = await running.ended;
    expect(code).toBe(0);
    const { status, endReason } = await lab.admin.reservations.get(loan!);
    expect({ status, endReason }).toEqual({ status: 'ended', endReason: 'released' });
    await server.stop();
  });
});
