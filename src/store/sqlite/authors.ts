import type { Author } from '../../domain/author';
import type { Db } from './database';
import { lazy } from './lazy';

/** How long a row is used, in ms. It can be forgotten with the last event of its day. */
export const AUTHOR_DAY = 86_400_000;
/** The most authors of a day that are remembered; more cost a row each time they come back. */
const MOST_KNOWN = 5_000;

/**
 * The rows of authors, so that an event stores a number instead of six texts. Other connections make
 * rows of their own for the same authors.
 */
export interface Authors {
  /** The number of an author in an event at this time (epoch ms), inside a transaction. */
  numberOf(author: Author, at: number): number;
  /** The transaction was undone, and the rows that it added. */
  forget(): void;
}

/** Keeps the authors of a connection. */
export function authorsOf(db: Db): Authors {
  const insert = lazy(() => inserted(db));
  const known = new Map<string, number>();
  let day = 0;
  let last: { author: Author; number: number } | null = null;
  const add = (author: Author): number => {
    const number = insert()(author, day);
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(keyOf(author), number);
    return number;
  };
  const forget = () => {
    known.clear();
    last = null;
  };
  return {
    forget,
    numberOf: (author, at) => {
      const today = Math.floor(at / AUTHOR_DAY);
      if (today !== day) forget();
      day = today;
      // The events of a transaction share one object.
      if (last?.author === author) return last.number;
      const number = known.get(keyOf(author)) ?? add(author);
      last = { author, number };
      return number;
    },
  };
}

function inserted({ $client }: Db): (author: Author, day: number) => number {
  const insert = $client.prepare(
    `insert into event_authors (day, kind, actor_id, name, token, address)
      values (:day, :actorKind, :actorId, :actorName, :actorToken, :address)`,
  );
  return ({ requestId: _, traceparent: __, ...author }, day) =>
    Number(insert.run({ ...author, day }).lastInsertRowid);
}

function keyOf({ actorKind, actorId, actorName, actorToken, address }: Author): string {
  return [actorKind, actorId, actorToken, address, actorName].join('\n');
}
