import { textOf } from '../../client/answer-text';
import { wallMs } from '../../clock';

/** An answer that needs no token. */
export interface Probe {
  status: number;
  /** Parsed JSON; null if it is none. */
  body: Record<string, unknown> | null;
  /** The server's clock less ours, in ms, as exactly as its Date header tells; null: it has none. */
  skew: number | null;
  /** How long the answer took, in ms. */
  took: number;
}

const HALF_A_SECOND = 500;
/** A busy server, or a slow way to it, gets at least so long; ms. */
const LEAST = 10_000;
/** The most characters of an answer; those of Holdfast have some hundred. */
const MOST = 100_000;

/**
 * Asks once for a path that anybody may read. Errors: `TypeError` of fetch, or that of the deadline,
 * `ms` from now and at least ten seconds.
 */
export async function probe(url: string, path: string, ms: number): Promise<Probe> {
  const begun = wallMs();
  const response = await fetch(`${url}${path}`, {
    // The answer counts of this address, not of one that it leads to.
    redirect: 'manual',
    signal: AbortSignal.timeout(Math.max(ms, LEAST)),
  });
  const body = await textOf(response, MOST).then(parsed, () => null);
  const ended = wallMs();
  const date = Date.parse(response.headers.get('Date') ?? '');
  return {
    status: response.status,
    body: typeof body === 'object' ? (body as Probe['body']) : null,
    // The header has whole seconds.
    skew: Number.isNaN(date) ? null : date + HALF_A_SECOND - (begun + ended) / 2,
    took: ended - begun,
  };
}

/** null: it is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
