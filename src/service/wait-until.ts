import type { Store } from '../store/store';

/**
 * Returns true once `check` does; it is asked now and after every commit. Returns false after
 * `timeout` ms, or when the signal aborts. Rejects if `check` rejects.
 */
export async function until(
  store: Store,
  check: () => Promise<boolean>,
  timeout: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const deadline = performance.now() + timeout;
  let ring = () => {};
  const stop = store.onChange(() => ring());
  const gone = () => ring();
  signal?.addEventListener('abort', gone);
  try {
    for (;;) {
      const rung = new Promise<void>((resolve) => (ring = resolve));
      if (await check()) return true;
      const left = deadline - performance.now();
      if (left <= 0 || signal?.aborted) return false;
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([
        rung,
        new Promise<void>((resolve) => (timer = setTimeout(resolve, left))),
      ]);
      clearTimeout(timer);
    }
  } finally {
    signal?.removeEventListener('abort', gone);
    stop();
  }
}
