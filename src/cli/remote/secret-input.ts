import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Refusal } from '../exit-codes';

/**
 * Reads a secret from stdin; at a terminal it asks with `prompt`, and shows nothing that is typed.
 * No secret is taken as an argument, where a list of processes would show it. `hint` says what else
 * to do if nothing comes. Errors: Refusal `usage` then.
 */
export async function secretInput(prompt: string, hint?: string): Promise<string> {
  const { stdin } = process;
  const given = stdin.isTTY ? await typed(prompt) : (await text(stdin)).replace(/\r?\n$/, '');
  if (given === '')
    throw new Refusal('usage', `${prompt}: nothing came on stdin.${hint ? ` ${hint}` : ''}`);
  return given;
}

async function typed(prompt: string): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  process.stderr.write(`${prompt}: `);
  const interrupted = new AbortController();
  lines.on('SIGINT', () => interrupted.abort());
  lines.on('close', () => interrupted.abort());
  try {
    return await lines.question('', { signal: interrupted.signal });
  } catch {
    return '';
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}
