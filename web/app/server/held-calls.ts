/** How long the server holds a call, in seconds, and how often one asks that may not be held, in ms. */
const HOLD = 60;
const ASK_EVERY = 5_000;
/**
 * The calls that the hidden tabs of a browser keep open together. Over HTTP/1.1 browsers open six
 * connections to a server, for all tabs together, and a tab that is looked at needs two.
 */
const HELD = 2;

/**
 * Waits for an answer in a hidden tab. `read` asks the server, which may hold its answer for `wait`
 * seconds; at 0 it answers at once. Browsers tell tabs of each other by the Web Locks API, which
 * needs https or localhost; without it no call is held.
 */
export async function readWhileHidden<T>(read: (wait: number) => Promise<T>): Promise<T> {
  const locks = (navigator as Partial<Navigator>).locks;
  for (let place = 1; locks && place <= HELD; place++) {
    const held = await locks.request(
      `holdfast-held-${place}`,
      { ifAvailable: true },
      async (lock) => (lock ? { answer: await read(HOLD) } : null),
    );
    if (held) return held.answer;
  }
  await new Promise((resolve) => setTimeout(resolve, ASK_EVERY));
  return read(0);
}
