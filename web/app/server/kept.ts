import { useRef } from 'preact/hooks';
import type { Read } from './query';

/** Keeps the last answer until the next is there: for more of the same list. */
export function useKept<T>(read: Read<T>): Read<T> {
  const last = useRef<T | undefined>(undefined);
  if (read.data !== undefined) last.current = read.data;
  return { ...read, data: last.current };
}
