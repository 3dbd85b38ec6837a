import { createContext } from 'preact';
import { useContext, useLayoutEffect } from 'preact/hooks';

/** The parts of a dialog in which something is under way. */
export const Holds = createContext<Set<object> | null>(null);

/** Keeps the dialog around it open while `isHeld`, so that its user sees how that ends. */
export function useHold(isHeld: boolean): void {
  const holds = useContext(Holds);
  useLayoutEffect(() => {
    if (!isHeld || !holds) return;
    const own = {};
    holds.add(own);
    return () => void holds.delete(own);
  }, [isHeld, holds]);
}
