import { sleep } from './clock';
import { ConnectionError, ProblemError, UnexpectedAnswerError } from './errors';
import { messagesOf, type Message } from './event-stream';
import { pauseAfter, refusalOf, send, type Ask, type Connection } from './transport';

/** The server writes something each 15 s; after this silence, in ms, a stream is taken for dead. */
const SILENCE = 45_000;

/**
 * Gives the messages of one stream until it breaks; a sign of life has no data. `most`: the longest
 * message, in characters. Errors: those of any call; the reason of the signal once that aborts.
 */
export async function* messagesFrom(
  connection: Connection,
  { headers, signal, ...ask }: Omit<Ask, 'method'>,
  most?: number,
): AsyncGenerator<Message, void, undefined> {
  const { timers } = connection;
  const end = new AbortController();
  const silent = () => end.abort(new ConnectionError('The stream fell silent.'));
  let timer = timers.setTimeout(silent, SILENCE);
  const all = { Accept: 'text/event-stream', ...headers };
  try {
    const until = signal ? AbortSignal.any([signal, end.signal]) : end.signal;
    const response = await send(connection, { method: 'GET', headers: all, ...ask }, until);
    if (!response.ok) throw await refusalOf(response);
    for await (const message of messagesOf(response.body!, most)) {
      timers.clearTimeout(timer);
      timer = timers.setTimeout(silent, SILENCE);
      yield message;
    }
  } finally {
    timers.clearTimeout(timer);
    end.abort();
  }
}

/**
 * Opens a stream whenever the one before has broken, for as long as the server refuses nothing, and
 * gives what comes but for null, a sign of life. Gives `lost`, if there is one, each time that a stream
 * cannot be had any more. Ends with the reason of the signal once that aborts.
 */
export async function* opened<News>(
  connection: Connection,
  open: () => AsyncGenerator<News | null, void, undefined>,
  signal: AbortSignal | undefined,
  lost: News | null = null,
): AsyncGenerator<News, void, undefined> {
  let isLost = false;
  for (let failures = 0; ; failures++) {
    try {
      for await (const news of open()) {
        failures = 0;
        isLost = false;
        if (news !== null) yield news;
      }
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (!isPassing(error)) throw error;
    }
    if (lost !== null && !isLost) yield lost;
    isLost = true;
    await sleep(connection.timers, pauseAfter(connection, failures), signal);
  }
}

/** May the same stream be had later? A refusal that names the caller or the query stays. */
export function isPassing(error: unknown): boolean {
  if (error instanceof ProblemError || error instanceof UnexpectedAnswerError)
    return error.status === 429 || error.status >= 500;
  return true;
}
