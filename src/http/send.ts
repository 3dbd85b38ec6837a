import { pipeline, Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import type { Response } from 'express';
import type { Answer } from './route';

/** How much of a long answer is sent before other calls get their turn, in bytes. */
const CHUNK = 64 * 1024;

/**
 * Sends with Node's own methods. Express's `send` would work out a type and charset that are known
 * here, and would answer 304 to If-None-Match, although a tag covers only what `If-Match` guards:
 * counts and statuses change without it.
 */
export function send(
  response: Response,
  { status, body, text: given, headers = {}, cookies, shared, stream, lost }: Answer,
): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (cookies) response.setHeader('Set-Cookie', cookies);
  if (stream) return void sendPieces(response, stream, lost);
  if (body === undefined && given === undefined) return void response.end();
  const text = given ?? (shared ? writtenOnce(body as object) : JSON.stringify(body));
  if (given === undefined) response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Length', Buffer.byteLength(text));
  if (text.length <= CHUNK) return void response.end(text);
  pipeline(Readable.from(chunksOf(text)), response, () => undefined);
}

/**
 * Sends a stream piece by piece, as fast as its reader reads. A pipeline would keep a buffer and a
 * dozen listeners for each of a thousand streams.
 */
async function sendPieces(
  response: Response,
  pieces: AsyncIterable<string | Uint8Array>,
  lost?: AbortSignal,
): Promise<void> {
  lost?.addEventListener('abort', () => response.destroy(), { once: true });
  response.on('error', () => undefined);
  try {
    for await (const piece of pieces) {
      if (response.destroyed) return;
      if (!response.write(piece)) await drained(response);
    }
    if (!response.destroyed) response.end();
  } catch {
    // The caller sees that it is not all: the answer breaks off.
    response.destroy();
  }
}

/** Resolves when the reader has read on, or is gone. */
function drained(response: Response): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
    if (response.destroyed) done();
  });
}

const written = new WeakMap<object, Buffer>();

function writtenOnce(body: object): Buffer {
  const known = written.get(body) ?? Buffer.from(JSON.stringify(body));
  written.set(body, known);
  return known;
}

async function* chunksOf(text: string | Buffer): AsyncGenerator<Buffer> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  for (let from = 0; from < bytes.length; from += CHUNK) {
    yield bytes.subarray(from, from + CHUNK);
    await turn();
  }
}
