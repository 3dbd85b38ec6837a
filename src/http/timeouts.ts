import type { Express } from 'express';
import { createServer, type RequestListener, type Server } from 'node:http';
import { Messages } from './messages';

/** How long a slow or idle caller is waited for, in ms. */
export interface Patience {
  /** Until the headers are complete, from the connection or the last answer on. */
  headersTimeout: number;
  /** Until the body is complete too. The answer may take longer: some are held for a minute. */
  requestTimeout: number;
  /** Until the next request on a connection. */
  keepAliveTimeout: number;
  /** How often it is looked who is late. */
  connectionsCheckingInterval: number;
}

export const PATIENCE: Patience = {
  headersTimeout: 15_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5_000,
};

/** What each server makes of its requests. */
const made = new WeakMap<Server, Messages>();

/**
 * A server that cuts off who is too slow, with 408, and who is idle for too long. It does not
 * listen yet.
 */
export function patientServer(listener?: RequestListener, patience: Patience = PATIENCE): Server {
  const messages = new Messages();
  const { IncomingMessage, ServerResponse } = messages;
  const server = createServer({ ...patience, IncomingMessage, ServerResponse }, listener);
  made.set(server, messages);
  return server;
}

/** From now on the app answers. `server`: one of `patientServer`. */
export function answerBy(app: Express, server: Server): void {
  made.get(server)?.bear(app);
  server.on('request', app);
}
