import { readFileSync } from 'node:fs';
import { DriverError, type Target } from '../driver';
import type { IbmCloudSettings, ListedAccount } from './settings';

/** An account that is lent, with the API key of its administration. */
export interface Account {
  name: string;
  accountId: string;
  adminKey: string;
  witness: string | undefined;
}

/** A handle: the account, and the attempt of the operation that took it, which is no other's. */
export interface Handle {
  accountId: string;
  operation: string;
  attempt: number;
}

/** The text of a handle; `parseHandle` reads it. */
export function handleOf({ accountId, operation, attempt }: Handle): string {
  return `${accountId}/${operation}/${attempt}`;
}

/** The parts of a handle. Errors: DriverError if it is none of this driver. */
export function parseHandle(handle: string): Handle {
  const [accountId, operation, attempt] = handle.split('/');
  if (!accountId || !operation || !attempt)
    throw new DriverError('resource', 'It was never an account here.');
  return { accountId, operation, attempt: Number(attempt) };
}

/**
 * The accounts of the settings that may serve a target: its own once it has a handle; before that
 * the one that bears its name, or any.
 */
export function candidatesFor(
  { accounts }: IbmCloudSettings,
  { handle, name }: Pick<Target, 'handle' | 'name'>,
): ListedAccount[] {
  if (handle !== null) {
    const { accountId } = parseHandle(handle);
    return accounts.filter((account) => account.accountId === accountId);
  }
  const named = accounts.filter((account) => account.name === name);
  return named.length > 0 ? named : accounts;
}

/**
 * A listed account, with its key. The file is read anew each time, so that a new key needs no
 * restart. Errors: DriverError if it cannot be read, or is empty.
 */
export function withKey({ apiKeyFile, ...account }: ListedAccount): Account {
  const { name, accountId, witness } = account;
  return { name, accountId, witness, adminKey: readKey(name, apiKeyFile) };
}

function readKey(name: string, file: string): string {
  let key: string;
  try {
    key = readFileSync(file, 'utf8').trim();
  } catch (cause) {
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    throw new DriverError('resource', `The API key file of ${name} cannot be read (${code}).`);
  }
  if (key === '') throw new DriverError('resource', `The API key file of ${name} is empty.`);
  return key;
}
