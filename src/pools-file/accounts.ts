import { createHash } from 'node:crypto';
import type { PoolType } from '../domain/pools/pool';
import type { FieldPath } from './problem';
import type { WrittenAccount, WrittenPool } from './schema';
import type { AccountSpec, Env } from './spec';

/** Makes the error of a field of the pool at hand. */
export type Fail = (path: FieldPath, message: string) => Error;

const REFERENCE = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/;

/**
 * The accounts to import, `${NAME}` replaced. Throws for a variable that is not set, a type or name
 * that is wrong.
 */
export function accountsOf(written: WrittenPool, env: Env, fail: Fail): AccountSpec[] {
  const types = written.types?.map((type) => type.name);
  const accounts = (written.accounts ?? []).map((account, index) => {
    const at = (field: string): FieldPath => ['accounts', index, field];
    const username = replaced(account.username, env, at('username'), fail);
    const password = replaced(account.password, env, at('password'), fail);
    const type = account.type ?? types?.[0] ?? 'default';
    if (types && !types.includes(type))
      throw fail(at('type'), 'is not one of the types of the pool');
    return { name: account.name ?? nameFor(written.name, username), type, username, password };
  });
  checkUnique(accounts, 'username', fail);
  checkUnique(accounts, 'name', fail);
  return accounts;
}

/**
 * What the pool is made of. Listed accounts say themselves how many there are of each type, so that
 * keeping the pool's size by shares asks for just these.
 */
export function typesOf(
  written: WrittenPool,
  accounts: readonly AccountSpec[],
  fail: Fail,
): PoolType[] {
  const named =
    written.types ??
    [...new Set(accounts.map((account) => account.type))].map((name) => ({ name }));
  const types = named.length > 0 ? named : [{ name: 'default' }];
  return types.map((type: NonNullable<WrittenPool['types']>[number], index) => {
    const listed = accounts.filter((account) => account.type === type.name).length;
    if (accounts.length > 0 && type.share !== undefined && type.share !== listed) {
      throw fail(['types', index, 'share'], `the listed accounts make it ${listed}; leave it out`);
    }
    const share = accounts.length > 0 ? listed : (type.share ?? 1);
    return {
      name: type.name,
      share,
      ...(type.minimum === undefined ? {} : { minimum: type.minimum }),
      spec: type.spec ?? {},
    };
  });
}

function replaced(value: string, env: Env, path: FieldPath, fail: Fail): string {
  const name = REFERENCE.exec(value)?.[1];
  if (name === undefined) return value;
  const found = env[name];
  if (!found) throw fail(path, `the environment variable ${name} is not set`);
  return found;
}

/**
 * The same for the same account wherever it stands in the list; the username itself is shown to
 * holders only.
 */
function nameFor(pool: string, username: string): string {
  return `${pool}-${createHash('sha256').update(username).digest('hex').slice(0, 10)}`;
}

function checkUnique(
  accounts: readonly AccountSpec[],
  field: keyof WrittenAccount & keyof AccountSpec,
  fail: Fail,
): void {
  const seen = new Map<string, number>();
  accounts.forEach((account, index) => {
    const first = seen.get(account[field]);
    if (first !== undefined)
      throw fail(['accounts', index, field], `is that of accounts[${first}] too`);
    seen.set(account[field], index);
  });
}
