import { and, asc, eq, gt, isNull, ne } from 'drizzle-orm';
import type { Page, ResourceFilter } from '../../reads';
import { given, upTo } from '../parameters';
import type { Db } from '../database';
import { reader } from '../rows';
import { classCounts, classes, pools, resources } from '../schema';

type Resource = typeof resources.$inferSelect;

/**
 * Pages of resources in order of id. A filter selects classes and statuses, each of which has an
 * index in that order. A page is merged from the beginnings of these, so nothing that the filter
 * excludes is scanned.
 */
export function resourceLister(db: Db): (filter: ResourceFilter, page: Page) => Resource[] {
  const present = reader(
    db
      .selectDistinct({
        classId: classCounts.classId,
        status: classCounts.status,
        type: classes.type,
        poolId: pools.id,
        kind: pools.kind,
      })
      .from(classCounts)
      .innerJoin(classes, eq(classes.id, classCounts.classId))
      .innerJoin(pools, eq(pools.id, classes.poolId))
      .where(and(gt(classCounts.count, 0), ne(classCounts.status, 'destroyed'))),
  );
  const ids = reader(
    db
      .select({ id: resources.id })
      .from(resources)
      .where(
        and(
          eq(resources.classId, given('classId')),
          eq(resources.status, given('status')),
          isNull(resources.destroyedAt),
          gt(resources.id, given('after')),
        ),
      )
      .orderBy(asc(resources.id))
      .limit(upTo('limit')),
  );
  const one = reader(
    db
      .select()
      .from(resources)
      .where(eq(resources.id, given('id'))),
  );
  const list = (
    { poolId, poolIds, kind, type, status }: ResourceFilter,
    { after, limit }: Page,
  ): Resource[] =>
    present
      .all()
      .filter(
        (entry) =>
          fits(poolId, entry.poolId) &&
          (poolIds?.includes(entry.poolId) ?? true) &&
          fits(kind, entry.kind) &&
          fits(type, entry.type) &&
          fits(status, entry.status),
      )
      .flatMap((entry) =>
        ids.all({ classId: entry.classId, status: entry.status, after: after ?? '', limit }),
      )
      .map(({ id }) => id)
      .sort()
      .slice(0, limit)
      .map((id) => one.get({ id })!);
  // Read in one transaction: otherwise, a resource that changes its status meanwhile would be
  // missed or listed twice.
  const atOnce = db.$client.transaction(list);
  return (filter, page) => atOnce.deferred(filter, page);
}

function fits(wanted: string | undefined, found: string): boolean {
  return wanted === undefined || wanted === found;
}
