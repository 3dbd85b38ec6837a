import type { Change } from '../../src/domain/change';
import { replay, withSecret, OVERLAP } from '../../src/domain/webhooks/changing';
import {
  claimDeliveries,
  completeDelivery,
  writeDeliveries,
  type CallOutcome,
  type Stretch,
} from '../../src/domain/webhooks/outbox';
import { signingSecrets, wants, type Webhook } from '../../src/domain/webhooks/webhook';
import { aDelivery, aToken, aUser, aWebhook } from './support/objects';

const NOW = 1_000;
const rights = {
  user: { ...aUser('u1'), number: 1, passwordVersion: null, leavingSince: null },
  token: null,
};
const event = (fields: object = {}) => ({
  ...{ seq: 1, type: 'lease.lost' as const, poolId: 'p1', userId: 'u1', reservationId: 'v1' },
  data: {},
  ...fields,
});
const stretch = (fields: Partial<Stretch> = {}): Stretch => ({
  ...{ of: 'new', after: 0, upTo: 5, events: [event()] },
  ...fields,
});
const done = (changes: Change[]) => changes.map((change) => change.do);
const write = (webhook: Webhook | null, asked = stretch(), given = rights) =>
  writeDeliveries({ webhook, rights: given }, asked, NOW).changes;

test.each<[string, Partial<Webhook>, object, boolean]>([
  ['an event of its type about its user', {}, {}, true],
  ['another type', {}, { type: 'lease.ending' }, false],
  ['an event about somebody else', {}, { userId: 'u2' }, false],
  ['one about somebody else, told of everybody', { everybody: true }, { userId: 'u2' }, true],
  ['an event of its pool', { poolId: 'p1' }, {}, true],
  ['an event of another pool', { poolId: 'p2' }, {}, false],
  ['a test of it', { poolId: 'p2' }, { type: 'webhook.tested', data: { webhook: 'w1' } }, true],
  [
    'a test of another',
    { types: ['webhook.tested'], everybody: true },
    { type: 'webhook.tested', data: { webhook: 'w2' } },
    false,
  ],
])('a webhook wants %s, or not', (_what, webhook, fields, expected) => {
  expect(wants(aWebhook(webhook), event(fields))).toBe(expected);
});

test('a stretch of events becomes deliveries, and the webhook moves on', () => {
  const events = [event(), event({ seq: 2, userId: 'u2' }), event({ seq: 3 })];
  expect(write(aWebhook(), stretch({ events }))).toEqual([
    ...[1, 3].map((seq) => ({
      do: 'putDelivery',
      delivery: aDelivery({ seq, since: NOW, nextTryAt: NOW }),
    })),
    { do: 'setWebhook', id: 'w1', set: { cursor: 5 } },
  ]);
});

test.each<[string, Webhook | null]>([
  ['is gone', null],
  ['is disabled', aWebhook({ state: 'disabled' })],
  ['was moved on by another process', aWebhook({ cursor: 5 })],
])('nothing is written for a webhook that %s', (_why, webhook) => {
  expect(write(webhook)).toEqual([]);
});

test.each<[string, Partial<Webhook>, Partial<typeof rights> | object]>([
  ['its user is no admin any more', { everybody: true }, {}],
  ['its token is gone', { apiTokenId: 't1' }, {}],
  [
    'its token was revoked',
    { apiTokenId: 't1' },
    { token: { ...aToken('t1', 'u1'), revokedAt: 9 } },
  ],
  [
    'its token has expired',
    { apiTokenId: 't1' },
    { token: { ...aToken('t1', 'u1'), expiresAt: NOW } },
  ],
])('a webhook is disabled, with an event, once %s', (_why, fields, given) => {
  const snapshot = { webhook: aWebhook(fields), rights: { ...rights, ...given } };
  const set = { state: 'disabled', reason: expect.any(String) as string, version: 2 };
  const expected = [
    { do: 'setWebhook', id: 'w1', set },
    {
      do: 'append',
      event: expect.objectContaining({ type: 'webhook.disabled', userId: 'u1' }) as object,
    },
  ];
  expect(writeDeliveries(snapshot, stretch(), NOW).changes).toEqual(expected);
  const claim = claimDeliveries({ ...snapshot, due: [aDelivery()] }, NOW);
  expect([claim.changes, claim.value]).toEqual([expected, null]);
});

test('a webhook is deleted, with an event, once its user was', () => {
  const gone = { ...rights, user: { ...rights.user, disabledAt: 9 } };
  const snapshot = { webhook: aWebhook(), rights: gone };
  const expected = [
    { do: 'setWebhook', id: 'w1', set: { state: 'deleted' } },
    {
      do: 'append',
      event: { type: 'webhook.deleted', userId: 'u1', data: { webhook: 'w1' } },
    },
  ];
  expect(writeDeliveries(snapshot, stretch(), NOW).changes).toEqual(expected);
  expect(claimDeliveries({ ...snapshot, due: [aDelivery()] }, NOW).changes).toEqual(expected);
});

test('a range is sent again as far as it is wanted, a single event whatever its type', () => {
  const other = event({ seq: 4, type: 'lease.ending' });
  const range = aWebhook({ replayAfter: 2, replayTo: 5 });
  expect(done(write(range, stretch({ of: 'replayed', after: 2, events: [other] })))).toEqual([
    'setWebhook',
  ]);
  const alone = aWebhook({ replayAfter: 3, replayTo: 4 });
  const asked = stretch({ of: 'replayed', after: 3, upTo: 4, events: [other] });
  expect(write(alone, asked)).toMatchObject([
    { do: 'putDelivery', delivery: { seq: 4, tries: 0 } },
    { do: 'setWebhook', set: { replayAfter: null, replayTo: null } },
  ]);
  const foreign = { ...asked, events: [{ ...other, userId: 'u2' }] };
  expect(done(write(alone, foreign))).toEqual(['setWebhook']);
});

test('no event is sent again that is yet to be sent', () => {
  const set = (from: number, to: number) =>
    replay(aWebhook({ cursor: 7 }), { from, to }).changes[0] as { set: object };
  expect(set(3, 9).set).toEqual({ replayAfter: 2, replayTo: 7 });
  expect(set(8, 9).set).toEqual({});
});

test('a time that has a single event sends it again only if it is wanted', () => {
  const set = (first: ReturnType<typeof event>) =>
    replay(aWebhook({ cursor: 7 }), { from: 4, to: 4, first }).changes[0] as { set: object };
  expect(set(event({ seq: 4 })).set).toEqual({ replayAfter: 3, replayTo: 4 });
  expect(set(event({ seq: 4, type: 'lease.ending' })).set).toEqual({});
});

test('a try is counted before the call, and is due again if nothing is heard of it', () => {
  const { changes, value } = claimDeliveries(
    { webhook: aWebhook(), rights, due: [aDelivery()] },
    NOW,
  );
  const set = { tries: 1, lastTryAt: NOW, nextTryAt: NOW + 30_000 };
  expect(changes).toEqual([{ do: 'setDelivery', id: 'w1_1', set }]);
  expect(value?.deliveries).toEqual([aDelivery(set)]);
});

describe('the outcome of a try', () => {
  const outcome = (fields: Partial<CallOutcome> = {}): CallOutcome => ({
    ...{ status: 200, error: null, retryAfter: null },
    ...fields,
  });
  const complete = (
    delivery = aDelivery({ tries: 1, since: NOW }),
    told = outcome(),
    webhook = aWebhook(),
  ) => completeDelivery({ webhook, delivery }, 1, told, NOW, 0.5).changes;
  const failed = outcome({ status: 500, error: 'It answered 500.' });

  test('is delivered', () => {
    expect(complete()).toMatchObject([
      { set: { state: 'delivered', nextTryAt: null, finishedAt: NOW, lastStatus: 200 } },
    ]);
  });

  test('is tried again after a failure', () => {
    expect(complete(undefined, failed)).toEqual([
      {
        do: 'setDelivery',
        id: 'w1_1',
        set: { nextTryAt: NOW + 5_000, lastStatus: 500, lastError: 'It answered 500.' },
      },
    ]);
  });

  test('is given up after three days', () => {
    const old = aDelivery({ tries: 1, since: NOW - 72 * 3_600_000 });
    expect(complete(old, failed)).toMatchObject([{ set: { state: 'failed', nextTryAt: null } }]);
  });

  test('disables the webhook if the receiver is gone for good', () => {
    const gone = outcome({ status: 410, error: 'It answered 410.' });
    expect(complete(undefined, gone)).toMatchObject([
      { set: { state: 'failed' } },
      { do: 'setWebhook', set: { state: 'disabled' } },
      { do: 'append', event: { type: 'webhook.disabled' } },
    ]);
    expect(done(complete(undefined, gone, aWebhook({ state: 'disabled' })))).toEqual([
      'setDelivery',
    ]);
  });

  test.each([
    ['another try has begun', aDelivery({ tries: 2 })],
    ['it is over', aDelivery({ tries: 1, state: 'delivered' })],
  ])('counts no more once %s', (_why, delivery) => {
    expect(complete(delivery)).toEqual([]);
  });
});

test('a former secret signs for a day, and three at most', () => {
  const first = [{ secret: 'a', until: null }];
  const second = withSecret(first, 'b', NOW);
  expect(signingSecrets(second, NOW + OVERLAP - 1)).toEqual(['b', 'a']);
  expect(signingSecrets(second, NOW + OVERLAP)).toEqual(['b']);
  const last = ['c', 'd'].reduce((all, secret) => withSecret(all, secret, NOW), second);
  expect(signingSecrets(last, NOW)).toEqual(['d', 'c', 'b']);
});
