import { UnexpectedAnswerError } from './errors';

/** The most characters of an answer, and of one event of a stream: more is nothing of Holdfast's. */
export const MOST_TEXT = 64 * 1024 * 1024;
export const MOST_EVENT = 4 * 1024 * 1024;

/**
 * Reads the text of an answer to its end. Errors: `UnexpectedAnswerError` for one that does not end
 * in time to be kept; those of fetch, if it does not arrive whole.
 */
export async function textOf(response: Response, most = MOST_TEXT): Promise<string> {
  // Some platforms give no stream.
  if (!response.body) return response.text();
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let length = 0;
  for await (const piece of piecesOf(response.body)) {
    parts.push(decoder.decode(piece, { stream: true }));
    length += parts.at(-1)!.length;
    if (length > most) throw new UnexpectedAnswerError(response.status, 'it is far too long');
  }
  return parts.join('') + decoder.decode();
}

/** The pieces of a body as they arrive. A reader who stops early closes the connection. */
export async function* piecesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    // Also where the caller reads no further: nothing may stay open.
    void reader.cancel().catch(() => {});
  }
}
