import { and, eq } from 'drizzle-orm';
import type { IdempotencyRecord } from '../../../domain/change';
import type { IdempotencyKey } from '../../../domain/idempotency';
import type { Db } from '../database';
import { given } from '../parameters';
import { reader } from '../rows';
import { idempotencyKeys } from '../schema';

/** Reads the record of an idempotency key; null for a new one. */
export function idempotencyReader(db: Db): (key: IdempotencyKey) => IdempotencyRecord | null {
  const { principal, method, path, key } = idempotencyKeys;
  const select = reader(
    db
      .select()
      .from(idempotencyKeys)
      .where(
        and(
          eq(principal, given('principal')),
          eq(method, given('method')),
          eq(path, given('path')),
          eq(key, given('key')),
        ),
      ),
  );
  return (asked) => select.get({ ...asked }) ?? null;
}
