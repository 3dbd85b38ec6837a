import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { Refusal } from '../exit-codes';
import { assignmentLines, loanDocument, type Held, type Variables } from './environment';

/** Files that a command may read instead of its environment. */
export interface FileOptions {
  writeEnv?: string;
  writeJson?: string;
}

/** The paths of these files. */
export function pathsOf({ writeEnv, writeJson }: FileOptions): string[] {
  return [writeEnv, writeJson].filter((path) => path !== undefined);
}

/**
 * Writes the files for a loan, readable for their user only. Errors: Refusal `exists` if one is there
 * already, since it is removed in the end; Refusal `storage`. Then none of them is left.
 */
export function writeFiles(
  options: FileOptions,
  { loan, url, variables }: { loan: Held; url: string; variables: Variables },
): void {
  const written: string[] = [];
  const make = (path: string | undefined, text: () => string) => {
    if (path !== undefined) write(path, text(), () => written.push(path));
  };
  try {
    make(options.writeEnv, () => assignmentLines(variables));
    make(options.writeJson, () => loanDocument(loan, url));
  } catch (error) {
    removeFiles(written);
    throw error;
  }
}

/** Removes the files, if they are there. */
export function removeFiles(paths: readonly string[]): void {
  for (const path of paths) rmSync(path, { force: true });
}

/** `made` hears when the file is ours: from then on it has to go, also if the disk is full. */
function write(path: string, text: string, made: () => void): void {
  try {
    const opened = openSync(path, 'wx', 0o600);
    made();
    try {
      writeFileSync(opened, text);
    } finally {
      closeSync(opened);
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new Refusal('exists', `${path} is there already.`);
    throw new Refusal('storage', `${path} cannot be written (${code ?? message}).`);
  }
}
