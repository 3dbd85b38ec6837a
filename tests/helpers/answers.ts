import { readFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { join, resolve } from 'node:path';
import { PAGES } from '../../src/http/pages';
import { Contract, type ApiDocument, type SentAnswer } from './contract';

const DOCS = resolve(__dirname, '../../docs');
/** Pages are no calls. */
const APART = PAGES.map(({ path }) => path);

/**
 * The API documents, from docs/. After a change to a schema, `npm run docs:generate` writes them
 * anew.
 */
export function apiDocuments(): ApiDocument[] {
  return ['openapi.json', 'openapi-legacy.json'].map(
    (name) => JSON.parse(readFileSync(join(DOCS, name), 'utf8')) as ApiDocument,
  );
}

let known: Contract | null = null;

/** The documented answers of all routes. */
export function contract(): Contract {
  return (known ??= new Contract(apiDocuments(), APART));
}

const faults: string[] = [];

/** The faults of answers since the last look; a test that expects some takes them away. */
export function takeFaults(): string[] {
  return faults.splice(0);
}

function expectNone(): void {
  expect(takeFaults()).toEqual([]);
}

// An answer that does not fit fails the test in which it is sent, whatever that looks at.
afterEach(expectNone);
afterAll(expectNone);

/**
 * Judges every answer of a server on which it listens for requests before the app does. The fault is
 * noted before the caller gets the answer.
 */
export function judgeAnswers(judge: Contract = contract()): RequestListener {
  return (request, response) => {
    if (isForPage(request)) return;
    capture(response, (text) => {
      const fault = judge.faultOf({
        method: request.method!,
        path: request.url!,
        status: response.statusCode,
        type: String(response.getHeader('Content-Type') ?? ''),
        text: request.method === 'HEAD' ? null : text,
      });
      if (fault !== null) faults.push(fault);
    });
  };
}

/** Does a browser ask for the dashboard? That is a page as well. */
function isForPage({ url, headers }: IncomingMessage): boolean {
  return (
    url!.startsWith('/dashboard/') ||
    (url === '/' && headers.accept?.startsWith('text/html') === true)
  );
}

/** Gives the body once it is complete, or null if the answer breaks off. */
function capture(response: ServerResponse, done: (text: string | null) => void): void {
  const parts: Buffer[] = [];
  const keep = (part: unknown) => {
    if (typeof part === 'string' || part instanceof Uint8Array) parts.push(Buffer.from(part));
  };
  const write = response.write.bind(response) as (...sent: unknown[]) => boolean;
  const end = response.end.bind(response) as (...sent: unknown[]) => ServerResponse;
  response.write = (...sent: unknown[]) => {
    keep(sent[0]);
    return write(...sent);
  };
  response.end = (...sent: unknown[]) => {
    keep(sent[0]);
    if (!response.writableEnded) done(Buffer.concat(parts).toString());
    return end(...sent);
  };
  response.once('close', () => {
    if (!response.writableEnded && response.headersSent) done(null);
  });
}

/** Throws if an answer of a real server does not fit. */
export function expectDocumented(answer: SentAnswer): void {
  const fault = contract().faultOf(answer);
  if (fault !== null) throw new Error(fault);
}
