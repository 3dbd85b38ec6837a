/** Counts the turns of the event loop, in which other work of a thread is done. */
export function turnsOfTheThread(): { readonly count: number; stop: () => void } {
  let count = 0;
  let next = setImmediate(function turn() {
    count += 1;
    next = setImmediate(turn);
  });
  return {
    get count() {
      return count;
    },
    stop: () => clearImmediate(next),
  };
}
