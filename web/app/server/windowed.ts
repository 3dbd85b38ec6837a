import { useRef } from 'preact/hooks';
import type { Page } from '../../../src/client';
import type { Change } from './overview';
import { useRead, type Read } from './query';

/** A part of a list, as it is asked for. */
export interface Part {
  limit: number;
  cursor?: string;
  signal: AbortSignal;
}

interface WindowOptions {
  /** How many entries are read at first, and more each time. */
  step?: number;
  /** The most that the server gives in one page. */
  most?: number;
  /** Tells whether a change concerns the list; by default, every change does. */
  concerns?: (change: Exclude<Change, null>) => boolean;
}

/** The beginning of a long list. */
export interface Window<T> extends Read<readonly T[]> {
  /** Reads more of it; null: that was all. */
  more: (() => void) | null;
}

/** Reads the beginning of a list of the server, keeps it true, and reads more when asked for. */
export function useWindow<T>(
  key: string,
  list: (part: Part) => Promise<Page<T>>,
  { step = 100, most = 1_000, concerns }: WindowOptions = {},
): Window<T> {
  const wanted = useRef({ key, count: step });
  if (wanted.current.key !== key) wanted.current = { key, count: step };
  const { data, ...read } = useRead(
    key,
    (signal) => beginningOf(list, wanted.current.count, most, signal),
    concerns,
  );
  const more = () => {
    wanted.current.count += step;
    read.again();
  };
  return { ...read, data: data?.items, more: data?.hasMore === true ? more : null };
}

/** Reads the first `count` entries, in pages of at most `most`. */
async function beginningOf<T>(
  list: (part: Part) => Promise<Page<T>>,
  count: number,
  most: number,
  signal: AbortSignal,
): Promise<{ items: T[]; hasMore: boolean }> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const limit = Math.min(count - items.length, most);
    const page = await list({ limit, cursor, signal });
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && items.length < count);
  return { items, hasMore: cursor !== undefined };
}
