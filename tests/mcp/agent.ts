import { Client, type ClientOptions, type Transport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { Scope } from '../../src/domain/people/user';
import type { Lab } from '../e2e/loans/lab';
import { whenDone } from '../helpers/cleanups';
import { temporaryDirectory } from '../helpers/engine';
import { BASIC, MAIN } from '../helpers/process';

export interface Answer {
  isError?: boolean;
  content: { type: string; text: string }[];
  structuredContent?: Record<string, unknown>;
}

/** What a loan looks like to an agent, as far as the tests look. */
export interface Loan {
  id: string;
  status: string;
  position: number | null;
  endsAt: string;
  resources: { name: string; credentials: Record<string, string> | null }[];
  secretsShown: boolean;
  lost: string | null;
}

interface Progress {
  progress: number;
  message?: string;
}

/** An agent: the official client of the protocol, and everything that it received. */
export class Agent {
  readonly client: Client;
  private readonly received: string[] = [];

  private constructor(options: ClientOptions) {
    this.client = new Client({ name: 'agent', version: '1' }, options);
  }

  static async connect(transport: Transport, options: ClientOptions = {}): Promise<Agent> {
    const agent = new Agent(options);
    whenDone(() => agent.client.close());
    await agent.client.connect(transport);
    const hear = transport.onmessage!.bind(transport) as (...given: unknown[]) => void;
    transport.onmessage = (message: unknown, ...rest: unknown[]) => {
      agent.received.push(JSON.stringify(message));
      hear(message, ...rest);
    };
    return agent;
  }

  /** Everything that was received, and `more`, such as what the server wrote to stderr. */
  heard(more = ''): string {
    return this.received.join('\n') + more;
  }

  /** Calls a tool; gives its whole answer. */
  async ask(
    name: string,
    given: Record<string, unknown> = {},
    onprogress?: (progress: Progress) => void,
  ): Promise<Answer> {
    const called = this.client.callTool({ name, arguments: given }, { onprogress });
    return (await called) as unknown as Answer;
  }

  /** Calls a tool that succeeds; gives its structured answer. */
  async call<T>(name: string, given: Record<string, unknown> = {}): Promise<T> {
    const answer = await this.ask(name, given);
    if (answer.isError) throw new Error(answer.content[0]!.text);
    expect(JSON.parse(answer.content[0]!.text)).toEqual(answer.structuredContent);
    return answer.structuredContent as T;
  }

  /** Calls a tool that is refused; gives the code. */
  async refused(name: string, given: Record<string, unknown>): Promise<string> {
    const { isError, content } = await this.ask(name, given);
    expect(isError).toBe(true);
    return content[0]!.text.split(':')[0]!;
  }

  /** Borrows one account of the lab for an hour. */
  borrow(more: Record<string, unknown> = {}): Promise<Loan> {
    return this.call('borrow', { items: [{ pool: 'lab' }], for: '1h', ...more });
  }
}

/** An agent that started `holdfast mcp` as its child. */
export class StdioAgent {
  private constructor(
    readonly agent: Agent,
    readonly transport: StdioClientTransport,
    readonly stderr: () => string,
  ) {}

  static async start(
    lab: Lab,
    scopes: Scope[] = ['read', 'reserve'],
    words: string[] = [],
    options: ClientOptions = {},
  ): Promise<StdioAgent> {
    const { token } = await lab.admin.tokens.create({ name: 'agent', scopes });
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [MAIN, 'mcp', ...words],
      cwd: temporaryDirectory(),
      env: {
        ...(BASIC as Record<string, string>),
        XDG_CONFIG_HOME: temporaryDirectory(),
        HOLDFAST_URL: lab.server.url,
        HOLDFAST_TOKEN: token!,
      },
      stderr: 'pipe',
    });
    let told = '';
    transport.stderr!.on('data', (part: Buffer) => (told += part.toString()));
    return new StdioAgent(await Agent.connect(transport, options), transport, () => told);
  }

  get pid(): number {
    return this.transport.pid!;
  }
}
