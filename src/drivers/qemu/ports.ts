import { createServer } from 'node:net';
import type { QemuSettings } from './settings';

/**
 * The ports of the range that nobody listens on now, starting at a random one (`fraction` in
 * [0, 1)). Somebody may still take one before QEMU does, so the caller tries the next then.
 */
export async function* freePorts(
  { portRange: { from, to }, address }: QemuSettings,
  fraction: number,
): AsyncGenerator<number> {
  const count = to - from + 1;
  const first = Math.floor(fraction * count);
  for (let n = 0; n < count; n++) {
    const port = from + ((first + n) % count);
    if (await isFree(address, port)) yield port;
  }
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
