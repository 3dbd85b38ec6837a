import { piecesOf } from '../../../src/client/answer-text';
import { refusalOf } from '../../../src/client/transport';

/**
 * Reads an answer of a line each, such as NDJSON, while it arrives. `path`: without a slash before
 * it. Errors: the refusal; those of fetch.
 */
export async function* linesOf(
  path: string,
  query: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const url = new URL(path, document.baseURI);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(name, value);
  const headers = { 'X-Requested-With': 'dashboard' };
  const response = await fetch(url, { headers, cache: 'no-store', redirect: 'manual', signal });
  if (!response.ok) throw await refusalOf(response);
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of piecesOf(response.body!)) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest !== '') yield rest;
}
