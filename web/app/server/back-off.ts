const FIRST = 500;
const LONGEST = 5_000;

/**
 * Waits before something is tried again: longer after each of so many failures in a row, from 0 on,
 * and spread by chance. Ends early when the signal aborts.
 */
export function backOff(failures: number, signal: AbortSignal): Promise<void> {
  const ms = Math.min(LONGEST, FIRST * 2 ** failures) * (0.5 + Math.random() / 2);
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const end = () => (clearTimeout(timer), resolve());
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
  });
}
