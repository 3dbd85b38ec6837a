import { McpServer, type ServerContext } from '@modelcontextprotocol/server';
import { failureOf } from './failures';
import { toolsOf, type Tool, type Toolbox } from './tools';
import type { ToolCall } from './waiting';

const INSTRUCTIONS =
  'Holdfast lends scarce resources for a limited time: accounts, machines, tokens. Look at ' +
  'list_pools, borrow what you need for as long as you need it, and release it when you are done.';

/** The version that is shown, and the listener for faults of ours. */
export interface ServerOptions {
  version: string;
  /** Hears of errors that an agent is told nothing about. */
  onFault: (error: unknown) => void;
}

/** Makes the server of the protocol for one session; a transport is connected to it. */
export function createMcpServer(box: Toolbox, { version, onFault }: ServerOptions): McpServer {
  const server = new McpServer(
    { name: 'holdfast', title: 'Holdfast', version },
    { instructions: INSTRUCTIONS },
  );
  for (const tool of toolsOf(box)) register(server, tool, box, onFault);
  return server;
}

function register(
  server: McpServer,
  { name, title, description, input, output, hints, call }: Tool,
  box: Toolbox,
  onFault: (error: unknown) => void,
): void {
  const config = {
    ...{ title, description, inputSchema: input, outputSchema: output },
    annotations: {
      readOnlyHint: hints.readOnly ?? false,
      destructiveHint: hints.destructive ?? false,
      idempotentHint: hints.idempotent ?? false,
      openWorldHint: hints.openWorld ?? false,
    },
  };
  server.registerTool(name, config, async (given: unknown, context) => {
    try {
      const answer = await call(box, given as never, callOf(context));
      return { content: [text(JSON.stringify(answer))], structuredContent: answer };
    } catch (error) {
      return refusal(error, context, onFault);
    }
  });
}

function callOf({ mcpReq }: ServerContext): ToolCall {
  const { signal, notify, _meta } = mcpReq;
  const progressToken = _meta?.progressToken;
  let told = 0;
  return {
    signal,
    tell: (seconds, message) => {
      if (progressToken === undefined) return;
      // It has to rise with each message.
      told = Math.max(seconds, told + 1);
      const params = { progressToken, progress: told, message };
      void notify({ method: 'notifications/progress', params }).catch(() => undefined);
    },
  };
}

function refusal(error: unknown, { mcpReq }: ServerContext, onFault: (error: unknown) => void) {
  const { code, detail } = failureOf(error) ?? fault(error, mcpReq.signal, onFault);
  return { isError: true, content: [text(`${code}: ${detail}`)] };
}

function fault(error: unknown, signal: AbortSignal, onFault: (error: unknown) => void) {
  if (signal.aborted) return { code: 'cancelled', detail: 'The call was given up.' };
  onFault(error);
  return { code: 'internal', detail: 'Something unforeseen went wrong; the log has it.' };
}

function text(content: string) {
  return { type: 'text' as const, text: content };
}
