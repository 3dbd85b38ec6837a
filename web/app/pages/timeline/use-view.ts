import { useEffect, useRef, useState } from 'preact/hooks';
import { filterOf, setQuery } from '../../address/address';
import { present, skew } from '../../parts/now-signal';
import { middleOf, moved, windowAround, windowIn, zoomed, lengthOf, type Window } from './window';

/** The window that is shown, and the ways to change it. */
export interface View {
  window: Window;
  /** It moves on with the present. */
  isLive: boolean;
  show: (window: Window) => void;
  /** Moves by a share of its length. */
  move: (share: number) => void;
  /** Makes it `factor` times as long; what is at `at`, epoch ms, stays in place. */
  zoom: (factor: number, at?: number) => void;
  toNow: () => void;
}

/** The address follows when nothing has moved for so long, in ms: each change of it reads anew. */
const REST = 150;

/** The window in the address, and where it is moved to. */
export function useView(): View {
  const asked = windowIn(filterOf('since'), filterOf('until'));
  const [moving, setMoving] = useState<Window | null>(null);
  const timer = useRef<number>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const now = present.value + skew.value;
  const window = moving ?? asked ?? windowAround(now);
  const show = (next: Window) => {
    clearTimeout(timer.current);
    setMoving(next);
    timer.current = setTimeout(() => {
      setQuery({ since: instantOf(next.since), until: instantOf(next.until) });
      setMoving(null);
    }, REST);
  };
  return {
    window,
    isLive: moving === null && asked === null,
    show,
    move: (share) => show(moved(window, share * lengthOf(window))),
    zoom: (factor, at = middleOf(window, now)) => show(zoomed(window, factor, at)),
    toNow: () => {
      clearTimeout(timer.current);
      setMoving(null);
      setQuery({ since: undefined, until: undefined });
    },
  };
}

/** Whole seconds are exact enough for an address. */
function instantOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
