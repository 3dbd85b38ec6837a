import canonicalize from 'canonicalize';
import { eq } from 'drizzle-orm';
import { CHAIN_START } from '../../domain/returns/chain';
import { linkHash } from '../chain';
import type { Appliers } from './appliers';
import { inserter, putter } from './columns';
import type { Db } from './database';
import type { eventAppender } from './events';
import { constant } from './parameters';
import { reader } from './rows';
import { chainEnds, returns } from './schema';

const WORKED_OUT = ['at', 'resourceId', 'generation', 'poolId', 'level'];

/** Adds records to the chain. Each is numbered, and linked to the one before it. */
export function chainAppliers(
  db: Db,
  appendEvent: ReturnType<typeof eventAppender>,
): Pick<Appliers, 'addReturn'> {
  const last = reader(
    db
      .select()
      .from(chainEnds)
      .where(eq(chainEnds.name, constant('last'))),
  );
  const insert = inserter(db, returns, WORKED_OUT);
  const putEnd = putter(db, chainEnds, chainEnds.name);
  return {
    addReturn: ({ record }, now, author) => {
      const { poolId, resourceId, reservationId, level, outcome } = record;
      const before = last.get() ?? CHAIN_START;
      const seq = before.seq + 1;
      const text = canonicalize(record)!;
      const hash = linkHash(before.hash, text);
      insert({ seq, previous: before.hash, hash, record: text });
      putEnd({ name: 'last', seq, hash });
      const data = { level, outcome, record: seq, hash };
      const places = { poolId, resourceId, reservationId };
      appendEvent({ type: 'resource.returned', ...places, data }, now, author);
    },
  };
}
