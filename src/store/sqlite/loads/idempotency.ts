import { and, eq, sql } from 'drizzle-orm';
import type { IdempotencyRecord } from '../../../domain/change';
import type { IdempotencyKey } from '../../../domain/idempotency';
import type { Db } from '../database';
import { reader } from '../rows';
import { idempotencyKeys } from '../schema';

export type RememberedLoader = (once: IdempotencyKey | null) => IdempotencyRecord | null;

/** What an idempotency key stands for; null without a key or when it is new. */
export function rememberedLoader(db: Db): RememberedLoader {
  const { principal, method, path, key } = idempotencyKeys;
  const select = reader(
    db
      .select()
      .from(idempotencyKeys)
      .where(
        and(
          eq(principal, sql.placeholder('principal')),
          eq(method, sql.placeholder('method')),
          eq(path, sql.placeholder('path')),
          eq(key, sql.placeholder('key')),
        ),
      ),
  );
  return (once) => (once ? (select.get({ ...once }) ?? null) : null);
}
