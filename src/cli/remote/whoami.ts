import type { Command } from 'commander';
import type { Schemas } from '../../client';
import { showingCommand } from './command';
import { connect } from './connect';
import { show } from './output';

/** `holdfast whoami`: the caller, and what the token may do. */
export function addWhoami(program: Command): void {
  showingCommand(program, 'whoami', {
    about: 'Show who you are to the server, and what your token may do.',
    examples: ['whoami', 'whoami --field scopes'],
  }).action(async (_options: unknown, command: Command) => {
    const me = await (await connect(command)).me.get();
    await show(command, { body: me, name: me.id, facts: factsOfMe(me) });
  });
}

/** The caller as people read it. */
export function factsOfMe(me: Schemas['Me']): [string, string | null][] {
  return [
    ['name', me.name],
    ['email', me.email],
    ['username', me.username],
    ['id', me.id],
    ['role', me.role],
    ['may', me.scopes.join(', ')],
    ['token', me.apiTokenId],
    ['highest priority', String(me.maxPriority)],
    ['other addresses', me.emails.map(({ email }) => email).join(', ')],
    ['SSH keys', me.sshKeys.map(({ key }) => key.split(' ')[0]).join(', ')],
  ];
}
