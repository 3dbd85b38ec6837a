import { useRef } from 'preact/hooks';
import type { Listing } from '../../../src/client';
import { useRead, type Read } from './query';

/** The beginning of a list, however long the list is. */
export interface Window<T> {
  items: readonly T[];
  hasMore: boolean;
}

export interface WindowRead<T> extends Read<Window<T>> {
  /** Reads one more step of the list. */
  more: () => void;
}

/**
 * Reads the beginning of a list, and again whenever a change concerns it, as `useRead` does. `step`:
 * entries that are read first, and then with each call of `more`.
 */
export function useWindow<T>(
  key: string,
  step: number,
  list: (limit: number, signal: AbortSignal) => Listing<T>,
  concerns?: Parameters<typeof useRead>[2],
): WindowRead<T> {
  const wanted = useRef({ key, count: step });
  if (wanted.current.key !== key) wanted.current = { key, count: step };
  const read = useRead(
    key,
    (signal) => {
      const { count } = wanted.current;
      return take(list(Math.min(count + 1, PAGE), signal), count);
    },
    concerns,
  );
  const more = () => {
    wanted.current.count += step;
    read.again();
  };
  return { ...read, more };
}

/** The most entries of one page of any list. */
const PAGE = 100;

async function take<T>(listing: Listing<T>, count: number): Promise<Window<T>> {
  const items: T[] = [];
  for await (const item of listing) {
    if (items.length === count) return { items, hasMore: true };
    items.push(item);
  }
  return { items, hasMore: false };
}
