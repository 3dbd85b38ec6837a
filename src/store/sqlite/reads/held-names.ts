import { sql } from 'drizzle-orm';
import type { DetailFields } from '../../../domain/change';
import type { ListedFields } from '../../../domain/lifecycle/resource';
import type { Kind } from '../../../domain/pools/pool';
import type { HeldName, Reads } from '../../reads';
import type { Db } from '../database';
import { detailsOfRow, DETAIL_TABLES } from '../details';
import { lazy } from '../lazy';

type Row = Omit<HeldName, 'isLive' | 'fields'> & { isLive: number; fields: string | null };

const ALL_KINDS = Object.keys(DETAIL_TABLES) as Kind[];

/** The names and the details of what the reservations of a page hold, a few statements for all. */
export function heldNameReads(db: Db): Pick<Reads, 'heldNames' | 'detailsOf'> {
  const names = lazy(() => namesOf(db.$client));
  return {
    heldNames: async (reservationIds, limit) =>
      names()
        .all(JSON.stringify(reservationIds), limit)
        .map((row) => ({
          ...row,
          isLive: row.isLive === 1,
          fields: row.fields === null ? null : (JSON.parse(row.fields) as ListedFields),
        })),
    detailsOf: async (resources) =>
      new Map(ALL_KINDS.flatMap((kind) => detailsOfKind(db, kind, idsOf(resources, kind)))),
  };
}

function idsOf(resources: readonly Pick<HeldName, 'id' | 'kind'>[], kind: Kind): string[] {
  return resources.filter((each) => each.kind === kind).map(({ id }) => id);
}

function detailsOfKind(db: Db, kind: Kind, ids: string[]): [id: string, DetailFields][] {
  if (ids.length === 0) return [];
  const table = DETAIL_TABLES[kind];
  const among = sql`${table.resourceId} in (select value from json_each(${JSON.stringify(ids)}))`;
  const rows = db.select().from(table).where(among).all();
  return rows.map((row) => [row.resourceId, detailsOfRow(row)]);
}

function namesOf(client: Db['$client']) {
  return client.prepare<[ids: string, limit: number], Row>(
    `select reservationId, id, name, kind, isLive, fields from (
      select a.reservation_id as reservationId, r.id, r.name, r.kind, r.fields,
        a.ended_at is null as isLive,
        row_number() over (partition by a.reservation_id order by a.item, r.number) as place
      from json_each(?) i join allocations a on a.reservation_id = i.value
        join resources r on r.id = a.resource_id)
    where place <= ? order by reservationId, place`,
  );
}
