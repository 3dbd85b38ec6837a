import { createServer, type Server } from 'node:http';
import type { Collector } from './collector';

/** Scrapers are few; whoever keeps more connections open than this gets none. */
const MOST_CONNECTIONS = 20;
/** How long a scraper may take to send its request; ms. */
const PATIENCE = 10_000;

/**
 * A server that answers with the metrics, at /metrics and to anybody; 503 until they are there. It
 * does not listen yet.
 */
export function metricsServer(collector: () => Collector | null): Server {
  const server = createServer(
    { requestTimeout: PATIENCE, headersTimeout: PATIENCE },
    (request, response) => {
      const end = (status: number, text: string, type = 'text/plain; charset=utf-8') =>
        void response.writeHead(status, { 'Content-Type': type }).end(text);
      const path = request.url?.split('?')[0];
      const counted = collector();
      if (path !== '/metrics') return end(404, 'The metrics are at /metrics.\n');
      if (request.method !== 'GET') return end(405, 'Use GET.\n');
      if (counted === null) return end(503, 'The server is starting.\n');
      counted.render().then(
        (text) => end(200, text, counted.contentType),
        () => end(503, 'The database cannot be read.\n'),
      );
    },
  );
  server.maxConnections = MOST_CONNECTIONS;
  return server;
}
