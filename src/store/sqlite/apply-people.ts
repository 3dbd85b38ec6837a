import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { IdempotencyRecord } from '../../domain/change';
import type { Appliers } from './appliers';
import { inserter, putter, updater } from './columns';
import type { Db } from './database';
import { given } from './parameters';
import { installation } from './metadata';
import * as schema from './schema';

type PeopleChange =
  | 'createUser'
  | 'setUser'
  | 'createToken'
  | 'setToken'
  | 'forgetDeadTokens'
  | 'revokeTokens'
  | 'revokeDescendants'
  | 'hideCredentials'
  | 'createSession'
  | 'setSession'
  | 'endSession'
  | 'endSessions'
  | 'addEmail'
  | 'addGithubIdentifier'
  | 'saveIdempotencyRecord'
  | 'setMetadata';
type LegacyChange = 'putVmUser' | 'dropVmUser';
type SignInChange = 'linkGithub' | 'replaceEmails' | 'replaceSshKeys';

/** An expired key may be used again before it is pruned. */
function keyWriter(db: Db): (record: IdempotencyRecord) => void {
  const { principal, method, path, key } = schema.idempotencyKeys;
  const fresh = {
    requestHash: sql`excluded.request_hash`,
    resultId: sql`excluded.result_id`,
    answer: sql`excluded.answer`,
    createdAt: sql`excluded.created_at`,
  };
  const names = [
    'principal',
    'method',
    'path',
    'key',
    'requestHash',
    'resultId',
    'answer',
    'createdAt',
  ] as const;
  const values = Object.fromEntries(names.map((name) => [name, sql.placeholder(name)])) as never;
  const statement = db
    .insert(schema.idempotencyKeys)
    .values(values)
    .onConflictDoUpdate({ target: [principal, method, path, key], set: fresh })
    .prepare();
  return (record) => void statement.run({ ...record });
}

/** Tokens are made with tokens to any depth. */
function descendantRevoker({ $client }: Db): (tokenId: string, revokedAt: number) => void {
  const statement = $client.prepare(
    `with recursive made(id) as (
      select id from api_tokens where parent_id = :tokenId
      union
      select api_tokens.id from made join api_tokens on parent_id = made.id
    )
    update api_tokens set revoked_at = :revokedAt
    where id in (select id from made) and revoked_at is null`,
  );
  return (tokenId, revokedAt) => void statement.run({ tokenId, revokedAt });
}

function deadTokenRemover({ $client }: Db) {
  const statement = $client.prepare(
    `delete from api_tokens where id in (
      select id from api_tokens where user_id = +? and not imported
      and (revoked_at is not null or expires_at <= +?)
      order by id desc limit 100 offset ? + 0
    )`,
  );
  return (ask: { userId: string; now: number; keep: number }) =>
    void statement.run(ask.userId, ask.now, ask.keep);
}

function sessionAppliers(
  db: Db,
): Pick<Appliers, 'createSession' | 'setSession' | 'endSession' | 'endSessions'> {
  const { sessions } = schema;
  const insert = inserter(db, sessions);
  const update = updater(db, sessions, sessions.id);
  const end = db
    .delete(sessions)
    .where(eq(sessions.id, given('id')))
    .prepare();
  const endOf = db
    .delete(sessions)
    .where(eq(sessions.userId, given('userId')))
    .prepare();
  const endAll = db.delete(sessions).prepare();
  return {
    createSession: ({ session }) => insert(session),
    setSession: ({ id, set }) => update(id, set),
    endSession: ({ id }) => end.run({ id }),
    endSessions: ({ userId }) => (userId === null ? endAll.run() : endOf.run({ userId })),
  };
}

/** Applies changes of users, tokens and addresses, of idempotency records, and events. */
export function peopleAppliers(db: Db): Pick<Appliers, PeopleChange> {
  const insertUser = inserter(db, schema.users, ['number']);
  const updateUser = updater(db, schema.users, schema.users.id);
  const insertToken = inserter(db, schema.apiTokens);
  const updateToken = updater(db, schema.apiTokens, schema.apiTokens.id);
  const { userId, revokedAt } = schema.apiTokens;
  const revoke = db
    .update(schema.apiTokens)
    .set({ revokedAt: sql`${sql.placeholder('revokedAt')}` })
    .where(and(eq(userId, given('userId')), isNull(revokedAt)))
    .prepare();
  const revokeMade = descendantRevoker(db);
  const forget = deadTokenRemover(db);
  const { reservations } = schema;
  const hide = db
    .update(reservations)
    .set({ credentialsHidden: true })
    .where(
      and(
        eq(reservations.userId, given('userId')),
        inArray(reservations.status, ['queued', 'preparing', 'active']),
      ),
    )
    .prepare();
  const writeKey = keyWriter(db);
  const facts = installation(db);
  const insertEmail = inserter(db, schema.emails);
  const insertGithub = inserter(db, schema.githubIdentifiers);
  return {
    ...sessionAppliers(db),
    createUser: ({ user }) => insertUser(user),
    setUser: ({ id, set }) => updateUser(id, set),
    createToken: ({ token }) => insertToken(token),
    setToken: ({ id, set }) => updateToken(id, set),
    forgetDeadTokens: ({ userId: id, now, keep }) => forget({ userId: id, now, keep }),
    revokeTokens: (change) => revoke.run({ userId: change.userId, revokedAt: change.revokedAt }),
    revokeDescendants: ({ tokenId, revokedAt: at }) => revokeMade(tokenId, at),
    hideCredentials: (change) => hide.run({ userId: change.userId }),
    saveIdempotencyRecord: ({ record }) => writeKey(record),
    setMetadata: ({ name, value }) => facts.setMetadata(name, value),
    addEmail: ({ email }) => insertEmail(email),
    addGithubIdentifier: ({ identifier }) => insertGithub(identifier),
  };
}

/** Applies changes of the legacy APIs' own data. */
export function legacyAppliers(db: Db): Pick<Appliers, LegacyChange> {
  const { vmUsers } = schema;
  const put = putter(db, vmUsers, vmUsers.userId);
  const drop = db
    .delete(vmUsers)
    .where(eq(vmUsers.userId, given('userId')))
    .prepare();
  return {
    putVmUser: ({ vmUser }) => put(vmUser),
    dropVmUser: ({ userId }) => drop.run({ userId }),
  };
}

/** Applies the changes of a sign-in with GitHub. */
export function signInAppliers(db: Db): Pick<Appliers, SignInChange> {
  const { emails, githubIdentifiers, sshKeys } = schema;
  const unlink = db
    .delete(githubIdentifiers)
    .where(eq(githubIdentifiers.githubId, given('githubId')))
    .prepare();
  const link = inserter(db, githubIdentifiers);
  const dropEmails = db
    .delete(emails)
    .where(and(eq(emails.userId, given('userId')), eq(emails.source, given('source'))))
    .prepare();
  const values = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, sql.placeholder(name)])) as never;
  // An address that came from elsewhere stays as it is, and becomes verified.
  const addEmail = db
    .insert(emails)
    .values(values(['id', 'userId', 'email', 'source', 'verifiedAt', 'createdAt']))
    .onConflictDoUpdate({
      target: [emails.userId, emails.email],
      set: { verifiedAt: sql`excluded.verified_at` },
    })
    .prepare();
  const dropKeys = db
    .delete(sshKeys)
    .where(and(eq(sshKeys.userId, given('userId')), eq(sshKeys.source, given('source'))))
    .prepare();
  const addKey = db
    .insert(sshKeys)
    .values(values(['id', 'userId', 'key', 'source', 'createdAt']))
    .onConflictDoNothing()
    .prepare();
  return {
    linkGithub: ({ identifier }) => {
      unlink.run({ githubId: identifier.githubId });
      link(identifier);
    },
    replaceEmails: ({ userId, source, emails: found }) => {
      dropEmails.run({ userId, source });
      for (const email of found) addEmail.run({ ...email, source });
    },
    replaceSshKeys: ({ userId, source, keys }) => {
      dropKeys.run({ userId, source });
      for (const key of keys) addKey.run({ ...key });
    },
  };
}
