import type envPathsType from 'env-paths';
import fs from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeDirectory, putInPlace } from '../../durable';
import { Refusal } from '../exit-codes';

/** A server, and who calls it. */
export interface Context {
  url: string;
  token?: string;
  /** The id of the token if `login` made it: `logout` revokes it then. */
  tokenId?: string;
}

/** All servers that the user has signed in to. */
export interface Contexts {
  /** The name of the one that is used unless another is named; null: none. */
  current: string | null;
  contexts: Record<string, Context>;
}

const OWNER_ONLY = 0o600;
const GROUP_AND_OTHERS = 0o077;

/**
 * The file of the contexts, where the system keeps configuration; null for a user without a home
 * directory, as in a container.
 */
export function contextsFile(): string | null {
  try {
    homedir();
  } catch {
    return null;
  }
  // Only now: it looks for the home directory as it is loaded.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { default: envPaths } = require('env-paths') as { default: typeof envPathsType };
  return join(envPaths('holdfast', { suffix: '' }).config, 'contexts.json');
}

/** Gives the contexts; none without a file. Errors: Refusal `config` if it cannot be used. */
export function readContexts(file = contextsFile()): Contexts {
  if (file === null) return { current: null, contexts: {} };
  try {
    return checked(JSON.parse(fs.readFileSync(file, 'utf8')));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { current: null, contexts: {} };
    throw new Refusal('config', `${file} ${code ? `cannot be read (${code})` : 'is damaged'}.`);
  }
}

/** Writes the contexts, whole or not at all, to a file that only its owner can read. */
export function writeContexts(contexts: Contexts, file = contextsFile()): void {
  if (file === null)
    throw new Refusal('config', 'There is no home directory to keep contexts in; set HOME.');
  const waiting = `${file}.${process.pid}.new`;
  try {
    makeDirectory(dirname(file));
    fs.rmSync(waiting, { force: true });
    const text = `${JSON.stringify(contexts, null, 2)}\n`;
    fs.writeFileSync(waiting, text, { mode: OWNER_ONLY, flag: 'wx' });
    putInPlace(waiting, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Refusal('storage', `${file} cannot be written (${code}).`);
  }
}

/** Can other users of the machine read the file? Windows has no such modes. */
export function othersCanRead(file: string): boolean {
  const found = fs.statSync(file, { throwIfNoEntry: false });
  return process.platform !== 'win32' && ((found?.mode ?? 0) & GROUP_AND_OTHERS) !== 0;
}

function checked(read: unknown): Contexts {
  const { current = null, contexts } = (read ?? {}) as Partial<Contexts>;
  const all = Object.values(contexts ?? {});
  if (!contexts || !all.every((each) => typeof each?.url === 'string'))
    throw new SyntaxError('no contexts');
  return { current, contexts };
}
