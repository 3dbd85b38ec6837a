import type { Command } from 'commander';
import { Holdfast } from '../../client';
import { tell } from '../alone';
import { Refusal } from '../exit-codes';
import { remoteCommand } from './command';
import { patienceOf, targetOf } from './connect';
import { readContexts, writeContexts, type Context } from './contexts';
import { failureOf } from './failures';
import { without } from './context';

/** `holdfast logout`: forgets the token of a context, and revokes it if `login` made it. */
export function addLogout(program: Command): void {
  remoteCommand(program, 'logout', {
    about: 'Forget the token of a context, and revoke it if `holdfast login` made it.',
    examples: ['logout', 'logout --context lab'],
  }).action(async (_options: unknown, command: Command) => {
    const { context: name } = targetOf(command);
    const contexts = readContexts();
    if (name === null) throw new Refusal('missing', 'There is no context to sign out of.');
    await revoke(contexts.contexts[name]!, patienceOf(command));
    writeContexts(without(contexts, name));
    tell(`Signed out; the context ${name} is gone.`);
  });
}

/** The token is forgotten in any case, so a failure is only told. */
async function revoke({ url, token, tokenId }: Context, retryFor: number): Promise<void> {
  if (token === undefined || tokenId === undefined) return;
  try {
    await new Holdfast({ url, token, retryFor }).tokens.delete(tokenId);
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    // It has ended already.
    if (failure.exit === 'denied' || failure.exit === 'missing') return;
    tell(`The token ${tokenId} was not revoked: ${failure.message}`);
  }
}
