import {
  WebStandardStreamableHTTPServerTransport as Transport,
  type McpServer,
} from '@modelcontextprotocol/server';
import type { LoanSet } from './loan-set';

/** How often a stream says that it is alive, in ms; its credential is looked at again then. */
const KEEP_ALIVE = 15_000;

export interface SessionOptions {
  id: string;
  /** The user and the token that began it. */
  owner: string;
  userId: string;
  loans: LoanSet;
  server: McpServer;
  /** How long it may be idle, in ms, if its loans allow that. */
  idle: number;
  /** Called once, when it begins to end. */
  onEnd: () => void;
}

/** A session of an agent that calls over HTTP: it lives as long as it is heard of. */
export class HttpSession {
  private readonly transport: Transport;
  private open = 0;
  private timer: NodeJS.Timeout | undefined;
  private ending: Promise<void> | null = null;

  constructor(readonly options: SessionOptions) {
    this.transport = new Transport({
      sessionIdGenerator: () => options.id,
      onsessionclosed: () => this.end(),
      keepAliveMs: Math.min(KEEP_ALIVE, options.idle / 2),
    });
  }

  /** True once `initialize` has been answered. */
  get hasBegun(): boolean {
    return this.transport.sessionId !== undefined;
  }

  connect(): Promise<void> {
    return this.options.server.connect(this.transport);
  }

  /** Answers a call; until `gone` aborts, the caller is there. */
  answer(request: Request, body: unknown, gone: AbortSignal): Promise<Response> {
    this.open += 1;
    clearTimeout(this.timer);
    const left = () => {
      this.open -= 1;
      this.rest();
    };
    if (gone.aborted) left();
    else gone.addEventListener('abort', left, { once: true });
    return this.transport.handleRequest(request, { parsedBody: body });
  }

  /** Ends it, and gives back what it has borrowed. */
  end(): Promise<void> {
    this.ending ??= this.close();
    return this.ending;
  }

  private async close(): Promise<void> {
    clearTimeout(this.timer);
    this.options.onEnd();
    await this.options.loans.close();
    await this.options.server.close();
  }

  /** Nobody calls: it ends when the server would take back a loan that nobody keeps alive. */
  private rest(): void {
    if (this.open > 0 || this.ending) return;
    const { idle, loans } = this.options;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.end(), Math.min(idle, loans.silence)).unref();
  }
}
