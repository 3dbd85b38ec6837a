import { temporaryDirectory } from '../helpers/engine';
import type { HttpClient, Reply } from '../helpers/http-client';
import { ServerProcess } from '../helpers/process';
import { Rows, unsound } from './helpers/database';
import { overlaps, type SeenLoan } from './helpers/loans';
import { Dice, pause, say, size, soak } from './helpers/soak';

const POOL = `
pools:
  - { name: rare, kind: account, driver: simulated, size: 10, concurrency: 16, lease: { default: 10m } }
`;
const CALLERS = size('RACE_CALLERS', 64);
const LOANS = size('RACE_LOANS', 2_000);

soak('callers that race for ten resources', () => {
  it.each([1, 2])('never hold one together, with %i server process(es)', async (processes) => {
    const dice = Dice.thrown('races');
    const dataDir = temporaryDirectory();
    const servers: ServerProcess[] = [];
    for (let made = 0; made < processes; made += 1)
      servers.push(await ServerProcess.start({ dataDir, pools: POOL }));
    const token = await servers[0]!.setUp();
    const loans: SeenLoan[] = [];
    const wrong: string[] = [];
    let left = LOANS;
    const callers = Array.from({ length: CALLERS }, async (_, caller) => {
      const { http } = servers[caller % processes]!;
      while (left > 0) {
        left -= 1;
        await borrow(http, token, dice, loans, wrong);
      }
    });
    const start = performance.now();
    await Promise.all(callers);
    const seconds = (performance.now() - start) / 1000;
    expect(wrong).toEqual([]);
    expect(loans).toHaveLength(LOANS);
    expect(overlaps(loans)).toEqual([]);
    const rows = new Rows(dataDir);
    expect(unsound(rows)).toEqual([]);
    expect(unfair(rows)).toEqual([]);
    const waited = rows.count("select count(*) from events where type = 'reservation.queued'");
    say(
      `races: ${LOANS} loans, ${waited} of them waited for, by ${CALLERS} callers on 10 ` +
        `accounts, ${processes} process(es): ${seconds.toFixed(1)} s`,
    );
    rows.close();
    for (const server of servers) await server.stop();
  });
});

/** One loan: requested, waited for, held for a moment, given back. */
async function borrow(
  http: HttpClient,
  token: string,
  dice: Dice,
  loans: SeenLoan[],
  wrong: string[],
): Promise<void> {
  const priority = dice.between(0, 2);
  let reply = await http.post('/v1/reservations?wait=60', {
    token,
    body: { items: [{ pool: 'rare' }], priority },
  });
  while (reply.status < 300 && reply.body.status === 'queued')
    reply = await http.get(`/v1/reservations/${reply.body.id}?wait=60`, { token });
  const from = performance.now();
  if (reply.status > 201 || reply.body.status !== 'active') return void wrong.push(told(reply));
  const [held] = reply.body.resources;
  if (!held?.credentials?.password) return void wrong.push(told(reply));
  if (dice.fraction() < 0.5) await pause(dice.between(0, 5));
  const loan = {
    resource: held.id,
    reservation: reply.body.id,
    generation: held.generation,
    priority,
    from,
    to: performance.now(),
  };
  const released = await http.delete(`/v1/reservations/${reply.body.id}`, { token });
  if (released.status !== 204) wrong.push(told(released));
  loans.push(loan);
}

function told({ status, body }: Reply): string {
  return `${status} ${JSON.stringify(body)}`;
}

/** Requests that were served, by the order of events, after a later one of their priority. */
function unfair(rows: Rows): string[] {
  const asked = rows.all<{ id: string; priority: number; requested: number; served: number }>(
    `select v.id, v.priority, v.requested_at as requested, e.seq as served
     from reservations v
     join events e on e.reservation_id = v.id and e.type = 'reservation.active'
     order by v.requested_at desc, v.id desc`,
  );
  return [0, 1, 2].flatMap((priority) => {
    let [soonest, atThisMoment, moment] = [Infinity, Infinity, Infinity];
    return asked
      .filter((request) => request.priority === priority)
      .flatMap(({ id, requested, served }) => {
        if (requested < moment)
          [soonest, atThisMoment, moment] = [Math.min(soonest, atThisMoment), Infinity, requested];
        atThisMoment = Math.min(atThisMoment, served);
        return served > soonest
          ? [`${id} of priority ${priority} was served after one that asked later`]
          : [];
      });
  });
}
