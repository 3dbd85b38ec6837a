import { createHash } from 'node:crypto';
import type { PoolType } from '../domain/pools/pool';
import { eachRight, fromParts, mapRight, part, valueOf } from './partial';
import type { FieldPath, Report } from './problem';
import type { WrittenAccount, WrittenPool } from './schema';
import type { AccountSpec, Env } from './spec';

const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/;

/**
 * The accounts to import, with `${NAME}` replaced. Reports a variable that is not set, an unknown
 * type, and a duplicate.
 */
export function accountsOf(written: WrittenPool, env: Env, report: Report): AccountSpec[] {
  const accounts = mapRight(written.accounts ?? [], (account, index): AccountSpec => {
    const at = (field: string): FieldPath => ['accounts', index, field];
    const username = part(() => replaced(account.username, env, at('username'), report));
    return fromParts<AccountSpec>({
      username,
      password: part(() => replaced(account.password, env, at('password'), report)),
      type: part(() => typeOf(account, written.types, at('type'), report)),
      name: part(() => account.name ?? nameFor(written.name, valueOf(username))),
    });
  });
  checkUnique(accounts, 'username', report);
  checkUnique(accounts, 'name', report);
  return accounts;
}

/** The type of a listed entry; the first of the pool by default. Reports an unknown one. */
export function typeOf(
  { type }: { type?: string | undefined },
  types: WrittenPool['types'],
  path: FieldPath,
  report: Report,
): string {
  if (type === undefined) return types?.[0]?.name ?? 'default';
  if (types && !types.some(({ name }) => name === type)) report(path, 'is not a type of the pool');
  return type;
}

/**
 * The types of the pool. If accounts or resources are listed, the share of each type is the number of
 * these, so that the pool's size calls for exactly them.
 */
export function typesOf(
  written: WrittenPool,
  accounts: readonly { type: string }[],
  report: Report,
): PoolType[] {
  const named =
    written.types ??
    [...new Set(accounts.map((account) => account.type))].map((name) => ({ name }));
  const types = named.length > 0 ? named : [{ name: 'default' }];
  return mapRight(types, (type: NonNullable<WrittenPool['types']>[number], index) => {
    const listed = accounts.filter((account) => account.type === type.name).length;
    if (accounts.length > 0 && type.share !== undefined && type.share !== listed) {
      const noun = written.resources ? 'resources' : 'accounts';
      report(
        ['types', index, 'share'],
        `${listed} ${noun} of this type are listed; leave the share out`,
      );
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

/** A value, with `${NAME}` replaced by that of the variable. Reports one that is not set. */
export function replaced(value: string, env: Env, path: FieldPath, report: Report): string {
  const [whole, name] = REFERENCE.exec(value) ?? [];
  if (whole === undefined || name === undefined) return value;
  if (whole !== value)
    report(path, '${NAME} must be the whole value; put all of it into the variable');
  else if (!env[name]) report(path, `the environment variable ${name} is not set`);
  return env[name] ?? value;
}

/**
 * A name that does not depend on the account's place in the list. It hides the username, which only
 * holders may see.
 */
function nameFor(pool: string, username: string): string {
  return `${pool}-${createHash('sha256').update(username).digest('hex').slice(0, 10)}`;
}

function checkUnique(
  accounts: readonly AccountSpec[],
  field: keyof WrittenAccount & keyof AccountSpec,
  report: Report,
): void {
  const seen = new Map<string, number>();
  eachRight(accounts, (account, index) => {
    const first = seen.get(account[field]);
    if (first !== undefined)
      report(['accounts', index, field], `is the same as that of accounts[${first}]`);
    seen.set(account[field], index);
  });
}
