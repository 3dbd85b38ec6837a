import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import type { Command } from 'commander';
import { buildVersion } from '../../build-version';
import { LoanSet } from '../../mcp/loan-set';
import { createMcpServer } from '../../mcp/server';
import { toolboxOf } from '../../mcp/toolbox';
import { tell } from '../alone';
import { interruptible, Signals } from '../loans/interrupted';
import { connect, targetOf } from '../remote/connect';
import { runnerFor } from './run';

/** The end of the pipe to the agent, for whatever reason. */
class WatchedTransport extends StdioServerTransport {
  readonly ended: Promise<void>;
  private readonly end: () => void;

  constructor() {
    super();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.end = resolve;
  }

  override async close(): Promise<void> {
    await super.close();
    this.end();
  }
}

/**
 * Serves one agent until stdin or stdout ends, or a signal comes; then everything is given back.
 * Errors: Refusal, if there is no server or token to begin with.
 */
export async function serveAgent({ run }: { run: boolean }, command: Command): Promise<void> {
  using signals = new Signals();
  const { url } = targetOf(command);
  const holdfast = await connect(command);
  const loans = new LoanSet(holdfast);
  const box = toolboxOf(holdfast, loans, run ? runnerFor(url) : undefined);
  const onFault = (error: unknown) => tell(`holdfast: ${(error as Error).stack ?? String(error)}`);
  const transport = new WatchedTransport();
  const served = serveStdio(() => createMcpServer(box, { version: buildVersion(), onFault }), {
    transport,
    onerror: ({ message }) => tell(`holdfast: ${message}`),
  });
  await interruptible(signals, (signal) => Promise.race([transport.ended, aborted(signal)]));
  await served.close();
  await loans.close();
  // Nobody should wait for a timer of the client.
  process.exit(0);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
}
