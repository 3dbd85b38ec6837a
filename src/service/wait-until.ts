import type { Store } from '../store/store';

/**
 * Gives true once `check` does; it is asked now and after every commit. Gives false after `timeout`
 * ms. Rejects if `check` rejects.
 */
export async function until(
  store: Store,
  check: () => Promise<boolean>,
  timeout: number,
): Promise<boolean> {
  const deadline = performance.now() + timeout;
  let ring = () => {};
  const stop = store.onChange(() => ring());
  try {
    for (;;) {
      const rung = new Promise<void>((resolve) => (ring = resolve));
      if (await check()) return true;
      const left = deadline - performance.now();
      if (left <= 0) return false;
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([
        rung,
        new Promise<void>((resolve) => (timer = setTimeout(resolve, left))),
      ]);
      clearTimeout(timer);
    }
  } finally {
    stop();
  }
}
