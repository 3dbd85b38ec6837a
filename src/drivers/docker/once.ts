/**
 * `work` that is done once, however often and early it is asked for. Its errors are those of `work`.
 */
export function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    if (done) return done;
    done = work();
    // The last caller gets the error; until then, nobody may be listening.
    done.catch(() => undefined);
    return done;
  };
}
