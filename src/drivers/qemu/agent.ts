import { DriverError } from '../driver';
import { pause } from './faults';
import { JsonSocket } from './json-socket';

/** The agent's parser drops what it has of an unfinished command when it reads this byte. */
const START_OVER = Buffer.from([0xff]);
/** Pause between two questions whether a command has ended, and the first one between
 * two whether the agent is there, in ms. */
const LOOK_EVERY = 10;
const ASK_EVERY = 250;
export const AGENT_SOCKET = 'agent';
/** The name of the serial port at which the guest's agent listens. */
export const AGENT_PORT = 'org.qemu.guest_agent.0';

let questions = 0;

/** A conversation with the QEMU guest agent of one guest, which holds one at a time. */
export class GuestAgent {
  private constructor(
    private readonly socket: JsonSocket,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * Talks to the agent of the guest whose files lie in `folder`, as soon as it listens, and hangs
   * up. Errors: DriverError (resource) if it does not answer before `signal` aborts.
   */
  static async talk<T>(
    folder: string,
    signal: AbortSignal,
    work: (agent: GuestAgent) => Promise<T>,
  ): Promise<T> {
    const socket = await JsonSocket.open(folder, AGENT_SOCKET).catch((cause: unknown) => {
      throw new DriverError('resource', "The guest's agent cannot be reached.", { cause });
    });
    const agent = new GuestAgent(socket, signal);
    try {
      await agent.synchronize();
      return await work(agent);
    } finally {
      socket.close();
    }
  }

  /**
   * Runs a command as root with `input` on stdin; returns its exit status. Its output is discarded:
   * a message about logins could contain a secret.
   */
  async run([path, ...arg]: string[], input: string): Promise<number> {
    const data = Buffer.from(input).toString('base64');
    const { pid } = await this.execute('guest-exec', { path, arg, 'input-data': data });
    for (;;) {
      const ended = await this.execute('guest-exec-status', { pid });
      if (ended.exited === true) return typeof ended.exitcode === 'number' ? ended.exitcode : -1;
      await pause(LOOK_EVERY, this.signal);
    }
  }

  /**
   * Asks until the agent answers the latest question, and skips all that it has to say before: it may
   * not have been there yet, or still answer somebody else.
   */
  private async synchronize(): Promise<void> {
    let id = 0;
    let wait = ASK_EVERY;
    let timer: NodeJS.Timeout | undefined;
    const ask = () => {
      id = (process.pid % 100_000) * 10_000 + (++questions % 10_000);
      this.socket.send(START_OVER);
      this.socket.send(`${JSON.stringify({ execute: 'guest-sync', arguments: { id } })}\n`);
      timer = setTimeout(ask, wait);
      wait *= 2;
    };
    ask();
    try {
      for (;;) {
        const answer = (await this.socket.next(this.signal)) as { return?: unknown } | null;
        if (answer?.return === id) return;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  private async execute(command: string, args: object): Promise<Record<string, unknown>> {
    this.socket.send(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    const answer = (await this.socket.next(this.signal)) as Answer | null;
    if (typeof answer?.return === 'object') return answer.return;
    throw new DriverError('resource', `The guest's agent refuses ${command}.`);
  }
}

interface Answer {
  return?: Record<string, unknown>;
}
