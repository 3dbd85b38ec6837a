import type { Command } from 'commander';
import { lazily } from './lazily';
import { remoteCommand } from './remote/command';

/** `holdfast mcp`: lends to an agent, over stdin and stdout, until either ends. */
export function addMcp(program: Command): void {
  remoteCommand(program, 'mcp', {
    about:
      'Lend to an agent by the Model Context Protocol, over stdin and stdout. See docs/mcp.md. ' +
      'Everything is given back when the agent leaves.',
    examples: ['mcp', 'mcp --context lab --no-run'],
  })
    .option('--no-run', 'Offer the agent no tool that runs commands.')
    .action(lazily(async () => (await import('./mcp/serve.js')).serveAgent));
}
