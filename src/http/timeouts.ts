import { askBeforeUploads } from './body';
import { createServer, type RequestListener, type Server } from 'node:http';

/** How long a server waits for a slow or idle caller, in ms. */
export interface Timeouts {
  /** From the connection or the last answer until the headers are complete. */
  headersTimeout: number;
  /** Until the body is complete too. The answer may take longer: some are held for a minute. */
  requestTimeout: number;
  /** Until the next request on a connection. */
  keepAliveTimeout: number;
  /** How often the server looks for callers that are late. */
  connectionsCheckingInterval: number;
}

export const TIMEOUTS: Timeouts = {
  headersTimeout: 15_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5_000,
};

/**
 * Creates a server that cuts off slow callers, with 408, and idle connections. It does not listen
 * yet.
 */
export function createTimedServer(
  listener?: RequestListener,
  timeouts: Timeouts = TIMEOUTS,
): Server {
  return askBeforeUploads(createServer({ ...timeouts }, listener));
}
