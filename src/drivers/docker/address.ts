/** The engine at a socket, or at a host and port. */
export type EngineAddress =
  { socketPath: string } | { protocol: 'http' | 'https'; host: string; port: number };

const PORTS = { http: 2375, https: 2376 };

/**
 * The address that DOCKER_HOST names: `unix://`, `tcp://` or `http(s)://`. An IPv6 host has no
 * brackets, as sockets take it. null for anything else, such as `ssh://` or a port over 65,535.
 */
export function engineAddress(dockerHost: string): EngineAddress | null {
  const url = URL.canParse(dockerHost) ? new URL(dockerHost) : null;
  if (url?.protocol === 'unix:')
    return url.host === '' && url.pathname.length > 1 ? { socketPath: url.pathname } : null;
  if (!url || !['tcp:', 'http:', 'https:'].includes(url.protocol) || url.hostname === '')
    return null;
  const protocol = url.protocol === 'https:' ? 'https' : 'http';
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { protocol, host, port: Number(url.port || PORTS[protocol]) };
}
