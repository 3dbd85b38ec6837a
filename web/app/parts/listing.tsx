import type { ComponentChildren } from 'preact';
import type { Read } from '../server/query';
import { Busy } from './busy';
import { Failure } from './failure';

interface ListingProps<T> {
  read: Read<readonly T[]>;
  what: string;
  /** Shown if there is nothing. */
  empty: ComponentChildren;
  children: (items: readonly T[]) => ComponentChildren;
}

/** Shows a list that is read from the server: also while it loads, if that fails, and if it is empty. */
export function Listing<T>({ read, what, empty, children }: ListingProps<T>) {
  const { data, failure, again } = read;
  return (
    <>
      <Failure of={failure} retry={again} />
      {data === undefined && failure === null && <Busy what={what} />}
      {data && (data.length > 0 ? children(data) : empty)}
    </>
  );
}
