import { onceById, type IdempotencyKey } from '../../src/domain/idempotency';
import type { Change } from '../../src/domain/change';
import { nothing } from '../../src/domain/change';
import { codeOf } from '../helpers/engine';
import type { Store } from '../../src/store/store';
import {
  aPool,
  aReservation,
  aReturn,
  aResource,
  anAllocation,
  anOperation,
  apply,
  aSession,
  aToken,
  aUser,
  anEntry,
  furnish,
} from '../store/rows';
import type { Opened } from './store';
import { HISTORY_CHANGES } from './store-history';
import { load } from './store-load';
import { WEBHOOK_CHANGES } from './store-webhooks';

/** Identities are covered by the tests of the identities API. */
type Covered = Exclude<
  Change['do'],
  'addEmail' | 'addGithubIdentifier' | 'linkGithub' | 'replaceEmails' | 'replaceSshKeys'
>;

export { load };

const waiting = aReservation('v1', {
  status: 'queued',
  items: [
    { pool: 'pool', count: 2 },
    { pool: 'pool', count: 1 },
  ],
  deadlineAt: null,
});
const credential = {
  id: 'c1',
  resourceId: 'r1',
  state: 'current',
  sealed: 'x',
  createdAt: 1,
} as const;
const breaker = { poolId: 'p1', failures: 2, openUntil: 9e15, reason: 'It is away.', since: 7 };
const once = { principal: 'u1', method: 'POST', path: '/x', key: 'k' };

async function stand(store: Store): Promise<void> {
  await apply(
    store,
    { do: 'createReservation', reservation: waiting },
    { do: 'enqueue', entry: anEntry('v1') },
    { do: 'enqueue', entry: anEntry('v1', { item: 1, count: 1, missing: 1 }) },
  );
}

const queuePositions = async (store: Store) =>
  (await store.read.queuePositions('v1')).map(({ item, count, missing }) => [item, count, missing]);
const task = async (store: Store) => (await load(store, { load: 'operation', id: 'o1' }))!.task;

async function operate(store: Store): Promise<void> {
  await apply(
    store,
    { do: 'createOperation', operation: anOperation('o1', 'r1') },
    { do: 'setResource', id: 'r1', set: { operationId: 'o1' } },
  );
}

/** Each change, applied, and read back in another way. */
const CHANGES: Record<Covered, (store: Store) => Promise<void>> = {
  createPool: async (store) => {
    expect(await store.read.pool('pool')).toEqual(aPool());
  },
  addClasses: async (store) => {
    await apply(store, { do: 'addClasses', poolId: 'p1', types: ['free', 'lite'] });
    await apply(store, { do: 'setPool', id: 'p1', set: { version: 2 } });
    const classes = await store.read.classesOf('p1');
    expect(classes[0]).toEqual({ id: 1, type: 'free' });
    expect(classes.map(({ type }) => type)).toEqual(['free', 'lite']);
  },
  setPool: async (store) => {
    await apply(store, {
      do: 'setPool',
      id: 'p1',
      set: { size: 9, types: [{ name: 'lite', share: 1, spec: {} }], deletingAt: 4, version: 2 },
    });
    expect(await store.read.pool('pool')).toMatchObject({
      size: 9,
      deletingAt: 4,
      version: 2,
      types: [{ name: 'lite', share: 1, spec: {} }],
    });
    expect(await store.read.classesOf('p1')).toHaveLength(1);
  },
  replan: async (store) => {
    const replanning = async () => {
      const found = await load(store, { load: 'replanning', poolId: 'p1', limit: 2 });
      return found && [found.resources.map(({ id }) => id), found.isLast, found.expiry];
    };
    expect(await replanning()).toBeNull();
    await apply(store, { do: 'replan', poolId: 'p1', after: '', expiry: true });
    expect(await store.read.poolsToReplan()).toEqual(['p1']);
    expect(await replanning()).toEqual([['r1', 'r2'], false, true]);
    await apply(store, { do: 'replan', poolId: 'p1', after: 'r2' });
    expect(await replanning()).toEqual([['r3'], true, true]);
    await apply(store, { do: 'replan', poolId: 'p1', after: null });
    expect(await store.read.poolsToReplan()).toEqual([]);
    await apply(store, { do: 'replan', poolId: 'p1', after: '', expiry: false });
    expect(await replanning()).toEqual([['r1', 'r2'], false, false]);
  },
  clearQueues: async (store) => {
    await stand(store);
    await apply(store, { do: 'clearQueues', poolId: 'p2' });
    expect(await queuePositions(store)).not.toEqual([]);
    await apply(store, { do: 'clearQueues', poolId: 'p1' });
    expect(await queuePositions(store)).toEqual([]);
  },
  deletePool: async (store) => {
    await apply(store, { do: 'deletePool', id: 'p1' });
    expect(await store.read.pools()).toEqual([]);
    expect(await store.read.classesOf('p1')).toEqual([]);
  },
  createResource: async (store) =>
    expect((await store.read.resource('r2'))!.resource).toEqual(aResource('r2')),
  setResource: async (store) => {
    await apply(
      store,
      { do: 'setResource', id: 'r2', set: { status: 'dirty', reason: 'why', dueAt: 5 } },
      { do: 'setResource', id: 'r2', set: { reason: null, nextOperation: 'clean' } },
    );
    expect((await store.read.resource('r2'))!.resource).toEqual(
      aResource('r2', { status: 'dirty', reason: null, dueAt: 5, nextOperation: 'clean' }),
    );
    const listed = { fields: { host: 'lab', port: 22 }, seatOf: 'lab' };
    await apply(store, { do: 'setResource', id: 'r2', set: listed });
    expect((await store.read.resource('r2'))!.resource).toMatchObject(listed);
    await apply(store, { do: 'setResource', id: 'r2', set: { fields: null } });
    expect((await store.read.resource('r2'))!.resource.fields).toBeNull();
  },
  setDetails: async (store) => {
    await apply(store, {
      do: 'setDetails',
      resourceId: 'r1',
      kind: 'account',
      details: { username: 'ann', shelf: 3, colour: 'red' },
    });
    await apply(store, {
      do: 'setDetails',
      resourceId: 'r1',
      kind: 'account',
      details: { colour: 'blue' },
    });
    expect((await store.read.resource('r1'))!.details).toEqual({
      username: 'ann',
      shelf: 3,
      colour: 'blue',
    });
  },
  allocate: async (store) => {
    await apply(
      store,
      { do: 'createReservation', reservation: aReservation('v1') },
      { do: 'allocate', allocation: anAllocation('r1', 'v1') },
      { do: 'setResource', id: 'r1', set: { status: 'allocated' } },
    );
    expect((await store.read.holdings('v1')).map(({ allocation }) => allocation)).toEqual([
      anAllocation('r1', 'v1'),
    ]);
    expect((await store.read.resource('r1'))!.holder).toEqual({
      reservationId: 'v1',
      userId: 'u1',
    });
  },
  setAllocation: async (store) => {
    await CHANGES.allocate(store);
    await apply(store, {
      do: 'setAllocation',
      id: 'r1.1',
      set: { endedAt: 7, access: 'open', sealedAccess: 's' },
    });
    expect((await store.read.holdings('v1'))[0]!.allocation).toMatchObject({
      endedAt: 7,
      access: 'open',
      sealedAccess: 's',
    });
    expect((await load(store, { load: 'reservation', id: 'v1' }))!.holdings).toEqual([]);
  },
  createReservation: async (store) => {
    await stand(store);
    expect(await store.read.reservation('v1')).toEqual(waiting);
  },
  setReservation: async (store) => {
    await stand(store);
    await apply(store, {
      do: 'setReservation',
      id: 'v1',
      set: { status: 'ended', endReason: 'refused', endedAt: 3, overtaken: 2 },
    });
    expect(await store.read.reservation('v1')).toEqual({
      ...waiting,
      status: 'ended',
      endReason: 'refused',
      endedAt: 3,
      overtaken: 2,
    });
  },
  enqueue: async (store) => {
    await stand(store);
    expect(await queuePositions(store)).toEqual([
      [0, 2, 2],
      [1, 1, 1],
    ]);
  },
  setMissing: async (store) => {
    await stand(store);
    await apply(store, { do: 'setMissing', reservationId: 'v1', item: 0, missing: 0 });
    expect(await queuePositions(store)).toEqual([
      [0, 2, 0],
      [1, 1, 1],
    ]);
  },
  releaseHold: async (store) => {
    await CHANGES.setMissing(store);
    await apply(store, { do: 'releaseHold', reservationId: 'v1', item: 0 });
    expect(await queuePositions(store)).toEqual([
      [0, 2, 1],
      [1, 1, 1],
    ]);
  },
  setParked: async (store) => {
    await stand(store);
    const heads = async () =>
      (await load(store, { load: 'classes', classIds: [1] })).queues.requests.length;
    await apply(store, { do: 'setParked', reservationId: 'v1', parked: true });
    expect([await heads(), await store.read.queuesToServe(0, 9)]).toEqual([0, []]);
    expect(await store.read.bundlesToReview('', 9)).toEqual(['v1']);
    await apply(store, { do: 'setParked', reservationId: 'v1', parked: false });
    expect([await heads(), await store.read.queuesToServe(0, 9)]).toEqual([1, [1]]);
    expect(await store.read.bundlesToReview('', 9)).toEqual([]);
  },
  setRank: async (store) => {
    await stand(store);
    await apply(store, { do: 'setRank', reservationId: 'v1', rank: -5 });
    expect(
      (await load(store, { load: 'classes', classIds: [1] })).queues.requests.map(
        ({ rank }) => rank,
      ),
    ).toEqual([-5]);
  },
  dequeue: async (store) => {
    await stand(store);
    await apply(store, { do: 'dequeue', reservationId: 'v1' });
    expect(await queuePositions(store)).toEqual([]);
  },
  createOperation: async (store) => {
    await operate(store);
    expect((await task(store)).operation).toEqual(anOperation('o1', 'r1'));
  },
  setOperation: async (store) => {
    await operate(store);
    await apply(store, {
      do: 'setOperation',
      id: 'o1',
      set: { attempt: 3, step: 'prove', claimedBy: 'w', claimedUntil: 8, error: 'e' },
    });
    expect((await task(store)).operation).toEqual(
      anOperation('o1', 'r1', {
        attempt: 3,
        step: 'prove',
        claimedBy: 'w',
        claimedUntil: 8,
        error: 'e',
      }),
    );
  },
  putCredential: async (store) => {
    await operate(store);
    await apply(
      store,
      { do: 'putCredential', credential },
      { do: 'putCredential', credential: { ...credential, sealed: 'y' } },
    );
    expect((await task(store)).credentials).toEqual([{ ...credential, sealed: 'y' }]);
  },
  setCredential: async (store) => {
    await CHANGES.putCredential(store);
    await apply(store, { do: 'setCredential', id: 'c1', state: 'retiring' });
    expect((await task(store)).credentials[0]!.state).toBe('retiring');
  },
  dropCredential: async (store) => {
    await CHANGES.putCredential(store);
    await apply(store, { do: 'dropCredential', id: 'c1' });
    expect((await task(store)).credentials).toEqual([]);
  },
  setBreaker: async (store) => {
    await operate(store);
    await apply(store, { do: 'setBreaker', breaker });
    expect((await load(store, { load: 'operation', id: 'o1' }))!.breaker).toEqual(breaker);
    expect(await store.read.failingPools()).toEqual([breaker]);
    await apply(store, { do: 'setBreaker', breaker: { ...breaker, failures: 0 } });
    expect(await store.read.failingPools()).toEqual([]);
    expect((await load(store, { load: 'operation', id: 'o1' }))!.breaker).toBeNull();
  },
  createUser: async (store) => {
    await apply(
      store,
      { do: 'createUser', user: aUser('u1', { email: 'a@b.c', username: 'ann' }) },
      { do: 'createUser', user: aUser('u2') },
    );
    expect(await store.read.userByEmail('a@b.c')).toEqual({
      ...aUser('u1', { email: 'a@b.c', username: 'ann' }),
      number: 1,
    });
    expect((await store.read.userById('u2'))!.number).toBe(2);
  },
  setUser: async (store) => {
    await CHANGES.createUser(store);
    await apply(store, {
      do: 'setUser',
      id: 'u1',
      set: { email: null, role: 'admin', version: 2 },
    });
    expect(await store.read.userByEmail('a@b.c')).toBeNull();
    expect(
      await load(store, { load: 'user', id: 'u1', email: null, username: 'ann' }),
    ).toMatchObject({ user: { role: 'admin' }, sameUsername: [{ id: 'u1' }], admins: 1 });
  },
  createToken: async (store) => {
    await apply(
      store,
      { do: 'createUser', user: aUser('u1') },
      { do: 'createToken', token: aToken('t1', 'u1') },
    );
    expect(await store.read.tokenByHash('hash-t1')).toMatchObject({
      token: aToken('t1', 'u1'),
      user: { id: 'u1' },
    });
  },
  setToken: async (store) => {
    await CHANGES.createToken(store);
    await apply(store, { do: 'setToken', id: 't1', set: { revokedAt: 4, lastUsedAt: 3 } });
    expect(await store.read.tokenById('t1')).toEqual(
      aToken('t1', 'u1', { revokedAt: 4, lastUsedAt: 3 }),
    );
  },
  forgetDeadTokens: async (store) => {
    await CHANGES.createToken(store);
    const dead: [string, object][] = [
      ['t2', { revokedAt: 2 }],
      ['t3', { expiresAt: 3 }],
      ['t4', { revokedAt: 2, imported: true }],
      ['t5', { revokedAt: 4 }],
      ['t6', { expiresAt: 9 }],
    ];
    for (const [id, fields] of dead)
      await apply(store, { do: 'createToken', token: aToken(id, 'u1', fields) });
    await apply(store, { do: 'forgetDeadTokens', userId: 'u1', now: 5, keep: 1 });
    const left = await store.read.tokensOf('u1', { after: null, limit: 10 });
    expect(left.map(({ id }) => id)).toEqual(['t1', 't4', 't5', 't6']);
  },
  revokeTokens: async (store) => {
    await CHANGES.createToken(store);
    await apply(
      store,
      { do: 'createToken', token: aToken('t2', 'u1', { revokedAt: 2 }) },
      { do: 'createToken', token: aToken('t3', 'u2') },
    );
    await apply(store, { do: 'revokeTokens', userId: 'u1', revokedAt: 4 });
    expect(
      await Promise.all(
        ['t1', 't2', 't3'].map(async (id) => (await store.read.tokenById(id))!.revokedAt),
      ),
    ).toEqual([4, 2, null]);
  },
  revokeDescendants: async (store) => {
    await CHANGES.createToken(store);
    await apply(
      store,
      { do: 'createToken', token: aToken('t2', 'u1', { parentId: 't1' }) },
      { do: 'createToken', token: aToken('t3', 'u1', { parentId: 't2' }) },
      { do: 'createToken', token: aToken('t4', 'u1', { parentId: 't2', revokedAt: 2 }) },
      { do: 'createToken', token: aToken('t5', 'u1', { parentId: 't0' }) },
    );
    await apply(store, { do: 'revokeDescendants', tokenId: 't1', revokedAt: 4 });
    const tokens = await store.read.tokensOf('u1', { after: null, limit: 9 });
    expect(tokens.map(({ revokedAt }) => revokedAt)).toEqual([null, 4, 4, 2, null]);
  },
  createSession: async (store) => {
    const made = [
      aSession('s1', 'u1', { lastSeenAt: 2 }),
      aSession('s2', 'u1', { apiTokenId: 't1', passwordVersion: null, lastSeenAt: 3 }),
      aSession('s3', 'u2'),
    ];
    await CHANGES.createToken(store);
    await apply(store, ...made.map((session): Change => ({ do: 'createSession', session })));
    const [s1, s2] = made;
    const token = aToken('t1', 'u1');
    expect(await store.read.sessionByHash('hash-s1')).toMatchObject({
      session: s1,
      user: { id: 'u1' },
      token: null,
    });
    expect(await store.read.sessionByHash('hash-s2')).toMatchObject({ session: s2, token });
    // Its user does not exist.
    expect(await store.read.sessionByHash('hash-s3')).toBeNull();
    expect(await store.read.sessionById('s2')).toEqual(s2);
    expect(await store.read.sessionsOf('u1')).toEqual([
      { session: s2, token },
      { session: s1, token: null },
    ]);
    const of = { userId: 'u1', apiTokenId: null };
    expect(await load(store, { load: 'session', id: 's2', of })).toEqual({
      session: s2,
      ofCredential: [s1],
    });
    const byToken = { userId: 'u1', apiTokenId: 't1' };
    expect(await load(store, { load: 'session', id: null, of: byToken })).toEqual({
      session: null,
      ofCredential: [s2],
    });
  },
  setSession: async (store) => {
    await CHANGES.createSession(store);
    const set = { lastSeenAt: 50, endsAt: 149 };
    await apply(store, { do: 'setSession', id: 's1', set });
    expect(await store.read.sessionById('s1')).toEqual(aSession('s1', 'u1', set));
  },
  endSession: async (store) => {
    await CHANGES.createSession(store);
    await apply(store, { do: 'endSession', id: 's1' });
    expect(await store.read.sessionById('s1')).toBeNull();
    expect(await store.read.sessionById('s2')).not.toBeNull();
  },
  endSessions: async (store) => {
    await CHANGES.createSession(store);
    await apply(store, { do: 'endSessions', userId: 'u1' });
    expect(await store.read.sessionsOf('u1')).toEqual([]);
    expect(await store.read.sessionById('s3')).not.toBeNull();
    await apply(store, { do: 'endSessions', userId: null });
    expect(await store.read.sessionById('s3')).toBeNull();
  },
  hideCredentials: async (store) => {
    const of = (id: string, fields: Parameters<typeof aReservation>[1]): Change => ({
      do: 'createReservation',
      reservation: aReservation(id, fields),
    });
    await apply(
      store,
      of('v1', { status: 'active' }),
      of('v2', { status: 'queued' }),
      of('v3', { status: 'ended' }),
      of('v4', { userId: 'u2' }),
    );
    await apply(store, { do: 'hideCredentials', userId: 'u1' });
    const hidden = ['v1', 'v2', 'v3', 'v4'].map((id) => store.read.reservation(id));
    expect((await Promise.all(hidden)).map((found) => found!.credentialsHidden)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  },
  setMetadata: async (store) => {
    await apply(store, { do: 'setMetadata', name: 'fact', value: 'first' });
    await apply(store, { do: 'setMetadata', name: 'fact', value: 'second' });
    expect(await store.metadata('fact')).toBe('second');
  },
  saveIdempotencyRecord: async (store) => {
    const record = {
      ...once,
      requestHash: 'h',
      resultId: 'v1',
      answer: null,
      createdAt: store.now(),
    };
    await apply(store, { do: 'saveIdempotencyRecord', record });
    const under = (key: Partial<IdempotencyKey>) => {
      const isNew = () => nothing('decided');
      const asked = onceById({ ...once, requestHash: 'h', ...key });
      return codeOf(store.transact({ load: 'token', id: null }, isNew, asked).then(refuse));
    };
    const refuse = (value: string) => Promise.reject(new Error(value));
    expect(await under({})).toBe('v1');
    expect(await under({ requestHash: 'other' })).toBe('idempotency_mismatch');
    for (const other of [{ path: '/y' }, { principal: 'u2' }, { method: 'PATCH' }, { key: 'k2' }])
      expect(await under(other)).toBe('decided');
  },
  putVmUser: async (store) => {
    await CHANGES.createUser(store);
    const ann = { userId: 'u1', number: 4, role: 'user' } as const;
    const bob = { userId: 'u2', number: 9, role: 'admin' } as const;
    await apply(store, { do: 'putVmUser', vmUser: ann }, { do: 'putVmUser', vmUser: bob });
    await apply(store, { do: 'putVmUser', vmUser: { ...ann, role: 'admin' } });
    await apply(store, { do: 'setUser', id: 'u2', set: { disabledAt: 5 } });
    const found = { user: { id: 'u1' }, vmUser: { ...ann, role: 'admin' } };
    expect(await store.read.vmUser({ number: 4 })).toMatchObject(found);
    expect(await store.read.vmUser({ userId: 'u1' })).toMatchObject(found);
    expect(await store.read.vmUsers(0, 1)).toMatchObject([found]);
    expect(await store.read.vmUsers(4, 9)).toMatchObject([{ user: { id: 'u2' }, vmUser: bob }]);
    expect(
      await load(store, { load: 'vmUser', id: 'u2', email: 'a@b.c', username: null }),
    ).toMatchObject({
      user: { id: 'u2' },
      sameEmail: { id: 'u1' },
      vmUser: bob,
      vmUsers: { users: 1, admins: 1, highest: 9 },
    });
  },
  dropVmUser: async (store) => {
    await CHANGES.putVmUser(store);
    await apply(store, { do: 'dropVmUser', userId: 'u2' });
    expect(await store.read.vmUser({ number: 9 })).toBeNull();
    expect(await store.read.userById('u2')).not.toBeNull();
    expect(
      await load(store, { load: 'vmUser', id: 'u2', email: null, username: null }),
    ).toMatchObject({ vmUser: null, vmUsers: { users: 1, admins: 1, highest: 4 } });
  },
  addReturn: async (store) => {
    const first = aReturn('r1', { generation: 2 });
    const second = aReturn('r1', { generation: 4, level: 'R3', at: 9 });
    await apply(store, { do: 'addReturn', record: first });
    await apply(store, { do: 'addReturn', record: second });
    const [newest, oldest] = await store.read.returns({}, { after: null, limit: 9 });
    expect([oldest!.record, newest!.record]).toEqual([first, second]);
    expect(await store.read.returnBefore('r1', 3, 'cleaning')).toEqual(oldest);
    const links = await store.read.returnLinks(0, 9);
    expect(links[1]!.previous).toBe(links[0]!.hash);
    expect(await store.read.chainEnds()).toMatchObject({
      first: null,
      last: { seq: 2, hash: links[1]!.hash },
    });
    const [event] = await store.read.eventsAfter((await store.read.lastSeq()) - 1, 1);
    expect(event).toMatchObject({
      type: 'resource.returned',
      resourceId: 'r1',
      data: { level: 'R3', outcome: 'returned', record: 2, hash: links[1]!.hash },
    });
  },
  ...WEBHOOK_CHANGES,
  ...HISTORY_CHANGES,
  append: async (store) => {
    await apply(store, {
      do: 'append',
      event: { type: 'resource.rotated', poolId: 'p1', resourceId: 'r1', data: { a: 1 } },
    });
    const [event] = await store.read.eventsAfter(0, 9);
    expect(event).toMatchObject({
      type: 'resource.rotated',
      poolId: 'p1',
      resourceId: 'r1',
      reservationId: null,
      data: { a: 1 },
    });
    expect(await store.read.lastSeq()).toBe(event!.seq);
  },
};

export function describeChanges(name: string, open: () => Opened): void {
  it.each(Object.entries(CHANGES))(
    `${name}: the change %s is read back`,
    async (_change, check) => {
      const store = open().connect();
      try {
        await furnish(store);
        await check(store);
      } finally {
        await store.close();
      }
    },
  );
}
