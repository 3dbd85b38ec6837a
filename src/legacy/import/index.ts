import type { ImportFile } from '../../api/import-file';
import type { Passwords } from '../../crypto/passwords';
import { hashToken } from '../../crypto/tokens';
import type { Engine } from '../../service/engine';
import { checkNames } from './check';
import { importPerson, importToken } from './people';
import { importKnownResource, importVm } from './resources';

/** How many entries of each kind were imported, and how many were present already. */
export type ImportCounts = Record<
  keyof Omit<ImportFile, '$schema'>,
  { imported: number; present: number }
>;

/**
 * Imports users, tokens and resources of the systems that have the legacy APIs. Entries that are
 * present already (by address, name or secret) stay as they are, so an interrupted import can be
 * run again. Errors: DomainError with the field of the file: before anything is written if the file
 * names a pool, a type or a person that does not exist, otherwise before that entry.
 */
export async function importAll(
  engine: Engine,
  passwords: Passwords,
  file: ImportFile,
): Promise<ImportCounts> {
  await checkNames(engine, file);
  return {
    users: await each('users', file.users, (entry, at) =>
      importPerson(engine, passwords, entry, at),
    ),
    apiTokens: await each('apiTokens', file.apiTokens, (entry, at) =>
      importToken(engine, entry, at),
    ),
    accounts: await each('accounts', file.accounts, (entry, at) =>
      importKnownResource(engine, accountOf(entry), at),
    ),
    vms: await each('vms', file.vms, (entry, at) => importVm(engine, entry, at)),
    tokens: await each('tokens', file.tokens, (entry, at) =>
      importKnownResource(engine, lentTokenOf(entry), at),
    ),
  };
}

async function each<T>(
  list: string,
  entries: T[],
  take: (entry: T, at: string) => Promise<boolean>,
): Promise<{ imported: number; present: number }> {
  let imported = 0;
  for (const [index, entry] of entries.entries())
    if (await take(entry, `${list}[${index}]`)) imported += 1;
  return { imported, present: entries.length - imported };
}

function accountOf({ pool, type, name, username, password }: ImportFile['accounts'][number]) {
  return {
    pool,
    kind: 'account' as const,
    type,
    name: name ?? `${pool}-${username}`,
    secret: { username, password },
    details: { username },
  };
}

function lentTokenOf({ pool, type, value }: ImportFile['tokens'][number]) {
  return {
    pool,
    kind: 'token' as const,
    type,
    name: null,
    secret: { token: value },
    details: { valueHash: hashToken(value) },
  };
}
