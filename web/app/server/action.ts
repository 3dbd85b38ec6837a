import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { toast } from '../parts/toast';
import { isSignedOut, messageOf } from './problems';
import { noteRefusal } from './session';

/** Something that the user has the server do. */
export interface Action {
  /** Does it; a second call while it runs does nothing. True if it succeeded. */
  run: (work: () => Promise<unknown>, done?: string) => Promise<boolean>;
  isBusy: boolean;
  /** Why it failed; null: it did not. */
  failure: unknown;
}

/**
 * Runs calls that change something, one at a time; `done` is shown when one has succeeded. A failure
 * is told in a corner of the page if its place is gone by then.
 */
export function useAction(): Action {
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const isGone = useIsGone();
  const run = async (work: () => Promise<unknown>, done?: string) => {
    if (isBusy) return false;
    setBusy(true);
    setFailure(null);
    try {
      await work();
      if (done !== undefined) toast(done);
      return true;
    } catch (error) {
      noteRefusal(error);
      if (!isSignedOut(error) && isGone.current) toast(messageOf(error), { isBad: true });
      setFailure(error);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { run, isBusy, failure };
}

/** Tells, whenever it is asked, whether the component has left the page. */
export function useIsGone(): RefObject<boolean> {
  const isGone = useRef<boolean>(false);
  useEffect(() => {
    isGone.current = false;
    return () => void (isGone.current = true);
  }, []);
  return isGone;
}

/** Does something, and tells of a failure in a corner of the page. True if it succeeded. */
export async function attempt(work: () => Promise<unknown>, done?: string): Promise<boolean> {
  try {
    await work();
    if (done !== undefined) toast(done);
    return true;
  } catch (error) {
    noteRefusal(error);
    toast(messageOf(error), { isBad: true });
    return false;
  }
}
