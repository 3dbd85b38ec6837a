import { MOST_EVENT, piecesOf } from './answer-text';
import { UnexpectedAnswerError } from './errors';

/** One message of a stream of server-sent events; a comment has none of them. */
export interface Message {
  id: string;
  event: string;
  data: string;
}

/**
 * Reads server-sent events (WHATWG HTML, 9.2) from the body of an answer until it ends. Errors:
 * `UnexpectedAnswerError` for a message without an end; those of the body.
 */
export async function* messagesOf(
  body: ReadableStream<Uint8Array>,
  most = MOST_EVENT,
): AsyncGenerator<Message> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of piecesOf(body)) {
    rest += decoder.decode(piece, { stream: true });
    const blocks = rest.split('\n\n');
    rest = blocks.pop()!;
    if (rest.length > most) throw new UnexpectedAnswerError(200, 'an event of it has no end');
    for (const block of blocks) yield messageOf(block);
  }
}

function messageOf(block: string): Message {
  const message: Message = { id: '', event: '', data: '' };
  for (const line of block.split('\n')) {
    const [, field, value] = /^(id|event|data): ?(.*)$/.exec(line) ?? [];
    if (field) message[field as keyof Message] += value;
  }
  return message;
}
