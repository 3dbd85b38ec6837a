import type { Server } from 'node:http';
import { isIP } from 'node:net';
import type { Logger } from 'pino';
import type { MetricsAt } from './config-fields';
import { listen } from './listen';
import type { Collector } from './metrics/collector';
import { metricsServer } from './metrics/listener';

/**
 * Begins to serve the metrics at an address of their own, if they are to be there; null if not.
 * Errors: AddressError, or the system's error if it cannot listen.
 */
export async function serveMetrics(
  at: MetricsAt,
  collector: () => Collector | null,
  log: Logger,
): Promise<Server | null> {
  if (typeof at !== 'object') return null;
  const server = metricsServer(collector);
  const url = await listen(server, at, { host: 'METRICS', port: 'METRICS' });
  log.info({ url: `${url}/metrics` }, 'serving metrics');
  if (!isLoopback(at.host))
    log.warn(`METRICS: whoever reaches ${url} reads the names and numbers of all pools.`);
  return server;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
