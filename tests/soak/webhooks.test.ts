import type { ServerResponse } from 'node:http';
import { temporaryDirectory } from '../helpers/engine';
import { ServerProcess } from '../helpers/process';
import { Receiver, type Got } from '../helpers/webhook-receiver';
import { isCut } from './helpers/borrower';
import { Dice, pause, say, size, soak } from './helpers/soak';

const KILLS = size('WEBHOOK_KILLS', 20);
/** Borrowers, each with one loan after another until the server dies. */
const BORROWERS = 4;
/** One call in so many is answered with an error, and comes again. */
const REFUSED = 20;
const POOLS = 'pools: [{ name: p, kind: account, driver: simulated, size: 4 }]';
const TYPES = ['reservation.active', 'reservation.ended'];

/** Borrows and gives back until the server is gone. */
async function borrowOn(server: ServerProcess, token: string): Promise<void> {
  const body = { items: [{ pool: 'p' }] };
  try {
    for (;;) {
      const { body: loan } = await server.http.post('/v1/reservations?wait=10', { token, body });
      await server.http.delete(`/v1/reservations/${loan.id}`, { token });
    }
  } catch (error) {
    // It was killed.
    if (!isCut(error)) throw error;
  }
}

/** The first message of each type about each reservation, as places in the order of arrival. */
function firstOf(got: Got[]): Map<string, number[]> {
  const first = new Map<string, number[]>();
  got.forEach(({ body: { reservation, type } }, at) => {
    const places = first.get(reservation!) ?? [Infinity, Infinity];
    const which = TYPES.indexOf(type);
    places[which] = Math.min(places[which]!, at);
    first.set(reservation!, places);
  });
  return first;
}

soak('webhooks of a server that is killed', () => {
  it(`tell of every loan, in order, over ${KILLS} kills`, async () => {
    const dice = Dice.thrown('webhooks');
    const receiver = await Receiver.start((res: ServerResponse, count: number) => {
      // Those that a dead server has made go unanswered.
      setTimeout(() => res.writeHead(count % REFUSED === 0 ? 503 : 204).end(), count % 20);
    });
    const options = {
      ...{ dataDir: temporaryDirectory(), pools: POOLS },
      env: { WEBHOOK_ALLOW: '127.0.0.1' },
    };
    let server = await ServerProcess.start(options);
    const token = await server.setUp();
    const hook = { url: receiver.url, types: TYPES };
    const made = await server.http.post('/v1/webhooks', { token, body: hook });
    expect(made.status).toBe(201);
    receiver.secret = made.body.secret as string;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const borrowers = Array.from({ length: BORROWERS }, () => borrowOn(server, token));
      await pause(dice.between(1_000, 3_000));
      await server.kill();
      await Promise.all(borrowers);
      server = await ServerProcess.start(options);
    }
    const { body } = await server.http.get('/v1/events?type=reservation.active&limit=1000', {
      token,
    });
    const loans = (body.items as { reservation: { id: string } | string }[]).length;
    expect(loans).toBeGreaterThan(KILLS);
    const state = async () => {
      const first = [...firstOf(receiver.got).values()];
      return { begun: first.filter(([begin]) => begin! < Infinity).length, first };
    };
    await server.until('every loan was told of', async () => (await state()).begun >= loans);
    const { first } = await state();
    say(`webhooks: ${loans} loans, ${receiver.got.length} messages, ${KILLS} kills`);
    expect(first.filter(([begin, end]) => end! < begin!)).toEqual([]);
    await server.stop();
  }, 600_000);
});
