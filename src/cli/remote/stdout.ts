/**
 * Gives a signal that aborts once nobody reads stdout any more, or SIGINT or SIGTERM comes: a command
 * that writes a stream ends then, with success.
 */
export function whenStdoutCloses(): AbortSignal {
  const end = new AbortController();
  const stop = () => end.abort();
  process.stdout.once('error', stop).once('close', stop);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  return end.signal;
}
