import type { AgentCall, AgentSessions } from '../service/services';
import type { HttpSessions, HttpSessionsOptions } from './http-sessions';

/**
 * The sessions of agents over HTTP. The library of the protocol takes 25 MB, and is loaded when the
 * first agent calls.
 */
export class Agents implements AgentSessions {
  private loading: Promise<HttpSessions> | null = null;
  private isStopping = false;

  constructor(private readonly options: HttpSessionsOptions) {}

  /** Answers a call. Errors: as `HttpSessions.answer`. */
  async answer(call: AgentCall): Promise<Response> {
    this.loading ??= this.load();
    return (await this.loading).answer(call);
  }

  /** How many sessions there are now. */
  async count(): Promise<number> {
    return (await this.loading)?.size ?? 0;
  }

  /** Ends all of them, and gives back what they have borrowed. No more begin. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await (await this.loading)?.stop();
  }

  private async load(): Promise<HttpSessions> {
    const { HttpSessions } = await import('./http-sessions.js');
    const loaded = new HttpSessions(this.options);
    if (this.isStopping) await loaded.stop();
    return loaded;
  }
}
