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

/** What was read from the server: while it loads, if it failed, if there is nothing, and else. */
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
