import { text } from 'node:stream/consumers';
import { readEnvironment } from '../../environment';
import { tell } from '../alone';
import { Refusal } from '../exit-codes';

/**
 * The password that a command needs: from ADMIN_PASSWORD, or else one line from stdin. No password
 * is taken as an argument, where a list of processes would show it. `whose` is for the prompt.
 * Errors: Refusal `usage` if nothing comes.
 */
export async function passwordInput(whose: string): Promise<string> {
  const given = readEnvironment().ADMIN_PASSWORD;
  if (given) return given;
  if (process.stdin.isTTY) tell(`Type the password of ${whose}, then Enter and Ctrl-D:`);
  const typed = (await text(process.stdin)).replace(/\r?\n$/, '');
  if (typed === '')
    throw new Refusal('usage', 'There is no password: send it on stdin, or set ADMIN_PASSWORD.');
  return typed;
}
