import { randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { isInitializeRequest } from '@modelcontextprotocol/server';
import { Holdfast } from '../client';
import { DomainError } from '../domain/errors';
import type { AgentCall, AgentSessions } from '../service/services';
import { HttpSession } from './http-session';
import { fetchInside, type FetchInside } from './inside';
import { LoanSet } from './loan-set';
import { createMcpServer, type ServerOptions } from './server';
import { toolboxOf } from './toolbox';

/** After this silence a session ends, in ms, and the server takes its loans back if it was killed. */
const IDLE = 5 * 60_000;
/** The most sessions of one user, and of all. */
const MOST_OF_ONE = 20;
const MOST = 1_000;
/** No name is looked up, and no connection made: calls stay in this process. */
const INSIDE = 'http://localhost';

export interface HttpSessionsOptions extends ServerOptions {
  /** The app whose routes the tools call. */
  app: RequestListener;
  /** How long a session may be idle, in ms; 5 minutes by default. */
  idle?: number;
}

/** The sessions of agents that call over HTTP. Each calls v1 with the token that began it. */
export class HttpSessions implements AgentSessions {
  private readonly all = new Map<string, HttpSession>();
  private readonly fetchFrom: FetchInside;
  private isStopping = false;

  constructor(private readonly options: HttpSessionsOptions) {
    this.fetchFrom = fetchInside(options.app);
  }

  /**
   * Answers a call of the protocol. Errors: `not_found` for a session that has ended or is
   * another's, `invalid` without one, `busy` if there are too many.
   */
  async answer(call: AgentCall): Promise<Response> {
    const session = call.session === undefined ? await this.begin(call) : this.find(call);
    const response = await session.answer(requestOf(call), call.body, call.signal);
    if (!session.hasBegun) await session.end();
    return response;
  }

  /** How many sessions there are now. */
  get size(): number {
    return this.all.size;
  }

  /** Ends all of them, and gives back what they have borrowed. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await Promise.all([...this.all.values()].map((session) => session.end()));
  }

  private find({ session: id, principal }: AgentCall): HttpSession {
    const found = this.all.get(id!);
    if (found?.options.owner === ownerOf(principal)) return found;
    throw new DomainError(
      'not_found',
      'There is no such session; begin another.',
      'Mcp-Session-Id',
    );
  }

  private async begin({ body, principal, token, address }: AgentCall): Promise<HttpSession> {
    if (!isInitializeRequest(body))
      throw new DomainError('invalid', 'Begin a session by initialize.', 'Mcp-Session-Id');
    const { userId } = principal;
    const own = [...this.all.values()].filter((each) => each.options.userId === userId);
    if (this.isStopping || own.length >= MOST_OF_ONE || this.all.size >= MOST)
      throw new DomainError('busy', 'There are too many sessions; end one, or try again later.');
    const { idle = IDLE } = this.options;
    const holdfast = new Holdfast({ url: INSIDE, token, fetch: this.fetchFrom(address) });
    const loans = new LoanSet(holdfast, `${idle}ms`);
    const id = randomUUID();
    const session = new HttpSession({
      ...{ id, owner: ownerOf(principal), userId, loans, idle },
      server: createMcpServer(toolboxOf(holdfast, loans), this.options),
      onEnd: () => this.all.delete(id),
    });
    this.all.set(id, session);
    await session.connect();
    return session;
  }
}

function ownerOf({ userId, apiTokenId }: AgentCall['principal']): string {
  return `${userId}/${apiTokenId}`;
}

/** The call as the transport reads it, which knows nothing of its credential. */
function requestOf({ method, headers }: AgentCall): Request {
  return new Request(`${INSIDE}/mcp`, { method, headers });
}
