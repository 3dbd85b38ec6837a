import type { Author } from '../../domain/author';
import type { NewEvent } from '../../domain/event';
import { inserter } from './columns';
import type { Db } from './database';
import { events } from './schema';

/** Appends events, each with the author of its transaction. */
export function eventAppender(db: Db): (event: NewEvent, at: number, author: Author) => void {
  const insert = inserter(db, events, ['seq']);
  return (event, at, author) => {
    const { type, data = {}, poolId, resourceId, reservationId, userId, changed } = event;
    const { actorKind, actorId, actorName, actorToken, requestId, address } = author;
    insert({
      at,
      type,
      poolId,
      resourceId,
      reservationId,
      userId,
      actorKind,
      actorId,
      actorName,
      actorToken,
      requestId,
      address,
      data,
      changed,
    });
  };
}
