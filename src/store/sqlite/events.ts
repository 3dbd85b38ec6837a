import type { Author } from '../../domain/author';
import { isRare, type NewEvent } from '../../domain/event';
import type { Authors } from './authors';
import { inserter } from './columns';
import type { Db } from './database';
import { events } from './schema';

/** Appends events, each with the author of its transaction. */
export function eventAppender(
  db: Db,
  authors: Authors,
): (event: NewEvent, at: number, author: Author) => void {
  const insert = inserter(db, events, ['seq']);
  return (event, at, author) => {
    const { type, data = {}, poolId, resourceId, reservationId, userId, changed } = event;
    insert({
      at,
      type,
      poolId,
      resourceId,
      reservationId,
      userId,
      authorId: authors.numberOf(author, at),
      requestId: author.requestId,
      traceparent: author.traceparent,
      data,
      changed,
      rare: isRare(type) ? 1 : null,
    });
  };
}
