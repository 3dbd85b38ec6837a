import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Borrower } from './borrower';
import type { Caller } from './caller';
import type { ShownLoan } from './ledger';

/** One of those who arrive: does all it came for. `since`: when it was due. */
export type Scenario = (borrower: Borrower, since: number, admin: Caller) => Promise<void>;

const POOLS = ['accounts', 'accounts', 'vms', 'boxes', 'flaky'];

/** Borrows, looks, perhaps extends, gives back. */
const loan: Scenario = async (borrower, since) => {
  const { dice } = borrower;
  const lent = await borrower.borrow({ items: [{ pool: dice.pick(POOLS) }] }, since);
  await pause(dice.between(100, 1_500));
  const seen = await borrower.look(lent.id);
  if (seen.status !== 'active') borrower.fault(`${lent.id} ended early: ${seen.endReason}`);
  if (dice.fraction() < 0.5) await borrower.extend(lent, 60);
  await pause(dice.between(100, 1_500));
  await borrower.release(lent);
};

/** Sends heartbeats; then gives back, or falls silent. */
const beating: Scenario = async (borrower, since) => {
  let lent = await borrower.borrow({ items: [{ pool: 'beating' }] }, since);
  for (let beat = borrower.dice.between(1, 5); beat > 0; beat -= 1) {
    await pause(500);
    lent = await borrower.beat(lent);
  }
  if (borrower.dice.fraction() < 0.5) return borrower.release(lent);
  await pause(4_500);
  await demandExpired(borrower, lent);
};

/** Forgets to give back, and comes too late to extend. */
const expiring: Scenario = async (borrower, since) => {
  const seconds = borrower.dice.between(1, 4);
  const lent = await borrower.borrow(
    { items: [{ kind: 'vm', type: 'small' }], durationSeconds: seconds },
    since,
  );
  await pause(seconds * 1000 + 1_500);
  await demandExpired(borrower, lent);
  await borrower.caller.call(
    'PATCH /v1/reservations/{id} too late',
    `/v1/reservations/${lent.id}`,
    { expect: [409], body: { extendSeconds: 60 } },
  );
};

async function demandExpired(borrower: Borrower, { id }: ShownLoan): Promise<void> {
  const { status, endReason, resources } = await borrower.look(id);
  if (status !== 'ended' || endReason !== 'expired')
    borrower.fault(`${id} should have expired: ${status} ${endReason}`);
  if (resources.some(({ credentials }) => credentials !== null))
    borrower.fault(`${id} has expired and shows credentials`);
}

/** Several things at once, or none of them. */
const bundle: Scenario = async (borrower, since) => {
  const items = [
    { pool: 'accounts', count: borrower.dice.between(1, 3) },
    { pool: 'vms' },
    ...(borrower.dice.fraction() < 0.5 ? [{ pool: 'boxes' }] : []),
  ];
  const lent = await borrower.borrow({ items }, since);
  await pause(borrower.dice.between(100, 800));
  await borrower.release(lent);
};

/** Stands in a line that is always long. */
const queueing: Scenario = async (borrower, since) => {
  let shown = await borrower.ask({ items: [{ pool: 'narrow' }] }, since);
  while (shown.status === 'queued') shown = await borrower.waitFor(shown.id);
  const lent = borrower.held(shown);
  await pause(borrower.dice.between(20, 200));
  await borrower.release(lent);
};

/** Stands there too, hangs up or not, and takes the request back. */
const cancelling: Scenario = async (borrower, since) => {
  const shown = await borrower.ask({ items: [{ pool: 'narrow' }] }, since);
  const held = `/v1/reservations/${shown.id}?wait=5`;
  if (borrower.dice.fraction() < 0.5)
    await borrower.caller.hangUp(held, borrower.dice.between(5, 100));
  await borrower.release(shown);
  const { status } = await borrower.look(shown.id);
  if (status !== 'ended') borrower.fault(`${shown.id} was taken back and is ${status}`);
};

/** Sends the same request again, and at the same time; then another one under its key. */
const repeating: Scenario = async (borrower, since) => {
  const [key, wish] = [randomUUID(), { items: [{ pool: 'accounts' }] }];
  const answers = await Promise.all([
    borrower.ask(wish, since, key),
    borrower.ask(wish, since, key),
  ]);
  answers.push(await borrower.ask(wish, undefined, key));
  const ids = new Set(answers.map(({ id }) => id));
  if (ids.size > 1) borrower.fault(`one key made ${[...ids].join(' and ')}`);
  await borrower.caller.call('POST /v1/reservations mismatch', '/v1/reservations', {
    expect: [422],
    body: { items: [{ pool: 'vms' }] },
    key,
  });
  // The last one tells all that it holds.
  for (const answer of answers.reverse()) await borrower.release(answer);
};

/** Asks for what there is not. */
const refused: Scenario = async ({ caller, dice }, since) => {
  const [expect, body] = dice.pick([
    [400, { items: [] }],
    [400, { items: [{ pool: 'vms', count: -1 }], surprise: true }],
    [404, { items: [{ pool: 'nowhere' }] }],
    [422, { items: [{ pool: 'narrow', count: 5 }] }],
    [422, { items: [{ pool: 'vms' }], durationSeconds: 86_400 }],
  ] as const);
  await caller.call('POST /v1/reservations refused', '/v1/reservations', {
    expect: [expect],
    body,
    since,
  });
  await caller.call('GET /v1/reservations/{id} unknown', `/v1/reservations/${randomUUID()}`, {
    expect: [404],
  });
  await caller.call('PATCH /v1/pools/{name} forbidden', '/v1/pools/vms', {
    expect: [403],
    body: { size: 1 },
  });
};

/** Looks round. */
const looking: Scenario = async ({ caller, dice }, since) => {
  const path = dice.pick([
    '/v1/pools',
    '/v1/stats',
    '/v1/reservations?limit=20',
    '/v1/reservations?status=active',
    '/v1/resources?pool=vms&limit=20',
    '/v1/me',
    '/readyz',
    '/openapi.json',
  ]);
  await caller.call(`GET ${path.split('?')[0]}`, path, { expect: [200], since });
};

/**
 * Adds a token to a pool whose resources come and go, holds it for a while, and leaves it to its
 * idle expiry.
 */
const lentToken: Scenario = async (borrower, since, admin) => {
  await admin.call('POST /v1/resources', '/v1/resources', {
    expect: [201],
    body: { pool: 'tokens' },
    since,
  });
  const lent = await borrower.borrow({ items: [{ pool: 'tokens' }] });
  for (let beat = 0; beat < 2; beat += 1) {
    await pause(1_000);
    await borrower.caller.call(
      'POST /v1/resources/{id}/keep-alive',
      `/v1/resources/${lent.resources[0]!.id}/keep-alive`,
      { expect: [200] },
    );
  }
  if (borrower.dice.fraction() < 0.5) await borrower.release(lent);
};

/** Comes by one of the APIs that Holdfast answers as, and polls as its clients do. */
const acctpool: Scenario = async ({ caller, dice }, since) => {
  const { location } = await caller.call(
    'POST /reservations',
    '/reservations?type=default&duration=1',
    { expect: [302], since },
  );
  for (let tries = 0; tries < 20; tries += 1) {
    const { body } = await caller.call<{ credentials: object | null }>(
      'GET /reservations/{id}',
      location!,
      { expect: [200] },
    );
    if (body.credentials !== null) break;
    await pause(200);
  }
  await pause(dice.between(100, 500));
  await caller.call('DELETE /reservations/{id}', location!, { expect: [204] });
};

/** Makes an API token, tries it and revokes it, or lets it expire. */
const apiToken: Scenario = async ({ caller, dice }, since) => {
  const body = { name: 'passing', ...(dice.fraction() < 0.5 ? { expiresInSeconds: 1 } : {}) };
  const made = await caller.call<{ id: string }>('POST /v1/tokens', '/v1/tokens', {
    expect: [201],
    body,
    since,
    key: randomUUID(),
  });
  if (!('expiresInSeconds' in body))
    await caller.call('DELETE /v1/tokens/{id}', `/v1/tokens/${made.body.id}`, { expect: [204] });
};

/** How often each comes, of a hundred. */
export const SCENARIOS: Record<string, [number, Scenario]> = {
  loan: [32, loan],
  beating: [9, beating],
  expiring: [9, expiring],
  bundle: [8, bundle],
  queueing: [12, queueing],
  cancelling: [7, cancelling],
  repeating: [6, repeating],
  refused: [4, refused],
  looking: [6, looking],
  acctpool: [3, acctpool],
  lentToken: [2, lentToken],
  apiToken: [2, apiToken],
};
