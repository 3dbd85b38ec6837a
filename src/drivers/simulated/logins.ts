import { createHash, randomBytes } from 'node:crypto';
import type Database from 'better-sqlite3';
import type { CredentialSecret } from '../driver';

/** `standing`: the thing's own credential, which rotation replaces. `access`: opened for one holder. */
export type LoginPurpose = 'standing' | 'access';

export interface LoginRow {
  id: number;
  handle: string;
  credential_id: string;
  attempt: number;
  purpose: LoginPurpose;
  username: string;
  salt: string;
  hash: string;
}

/** Stand for the operation of what somebody else made: later, and before we heard of the thing. */
export const OUTSIDE = 'outside';
export const IMPORTED = 'imported';

/** Which operation made a login, and at which try. */
export interface LoginOrigin {
  credentialId: string;
  attempt: number;
  purpose: LoginPurpose;
}

/** The logins that things accept: a row is a login that works. Secrets are kept as salted SHA-256 only. */
export class Logins {
  private readonly byName;
  private readonly atDoor;
  private readonly ofThing;
  private readonly insert;
  private readonly deleteOne;
  private readonly deleteByPurpose;
  private readonly deleteIssued;
  private readonly markSeen;

  constructor(connection: Database.Database) {
    this.byName = connection.prepare<[string, string], LoginRow>('SELECT * FROM logins WHERE handle = ? AND username = ?');
    this.atDoor = connection.prepare<[string, string], { seen: number; salt: string | null; hash: string | null }>(
      'SELECT things.login_seen AS seen, logins.salt, logins.hash FROM things LEFT JOIN logins ON logins.handle = things.handle AND logins.username = ? WHERE things.handle = ?',
    );
    this.ofThing = connection.prepare<[string], LoginRow>('SELECT * FROM logins WHERE handle = ? ORDER BY id');
    this.insert = connection.prepare<Omit<LoginRow, 'id'>>(
      `INSERT INTO logins (handle, credential_id, attempt, purpose, username, salt, hash)
       VALUES (@handle, @credential_id, @attempt, @purpose, @username, @salt, @hash)`,
    );
    this.deleteOne = connection.prepare<[number]>('DELETE FROM logins WHERE id = ?');
    this.deleteByPurpose = connection.prepare<[string, LoginPurpose]>('DELETE FROM logins WHERE handle = ? AND purpose = ?');
    this.deleteIssued = connection.prepare<[string, number | null]>(
      `DELETE FROM logins WHERE handle = ? AND purpose = 'standing' AND credential_id NOT IN ('${OUTSIDE}', '${IMPORTED}') AND id IS NOT ?`,
    );
    this.markSeen = connection.prepare<[string]>('UPDATE things SET login_seen = 1 WHERE handle = ? AND login_seen = 0');
  }

  /** All logins of one thing, oldest first. */
  of(handle: string): LoginRow[] {
    return this.ofThing.all(handle);
  }

  /** The row that this credential opens, if any. */
  find(handle: string, credential: CredentialSecret): LoginRow | undefined {
    const secret = secretOf(credential);
    if (secret === undefined) return undefined;
    return this.byName.all(handle, credential.username ?? '').find((row) => row.hash === digest(row.salt, secret));
  }

  /** Does this credential open the thing, and was any login of it ever seen? undefined: there is no such thing. */
  knock(handle: string, credential: CredentialSecret): { opens: boolean; seen: boolean } | undefined {
    const rows = this.atDoor.all(credential.username ?? '', handle);
    const secret = secretOf(credential);
    const opens = secret !== undefined && rows.some(({ salt, hash }) => salt !== null && hash === digest(salt, secret));
    return rows[0] && { opens, seen: rows[0].seen === 1 };
  }

  /** Makes a login that works from now on; a credential without any secret makes none. */
  add(handle: string, credential: CredentialSecret, origin: LoginOrigin): void {
    const secret = secretOf(credential);
    if (secret === undefined) return;
    const salt = randomBytes(12).toString('base64url');
    this.insert.run({
      handle,
      credential_id: origin.credentialId,
      attempt: origin.attempt,
      purpose: origin.purpose,
      username: credential.username ?? '',
      salt,
      hash: digest(salt, secret),
    });
    this.markSeen.run(handle);
  }

  /** Ends one login. */
  end(row: LoginRow): void {
    this.deleteOne.run(row.id);
  }

  /** Ends every standing login that an operation has made, but for the one with this id. */
  endIssued(handle: string, keep: number | null): void {
    this.deleteIssued.run(handle, keep);
  }

  /** Ends every login of one purpose on a thing. */
  endAll(handle: string, purpose: LoginPurpose): void {
    this.deleteByPurpose.run(handle, purpose);
  }
}

/** What a credential proves itself with; a public key stands for the private one that the holder keeps. */
export function secretOf(credential: CredentialSecret): string | undefined {
  const secret = credential.password ?? credential.token ?? credential.publicKey;
  return secret === undefined ? undefined : String(secret);
}

function digest(salt: string, secret: string): string {
  return createHash('sha256').update(salt).update('\0').update(secret).digest('base64url');
}
