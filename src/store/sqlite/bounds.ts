import { sql, type Placeholder } from 'drizzle-orm';

/**
 * The bound of a `LIMIT`. SQLite (since 3.47) looks at the value of a bare `LIMIT ?` when it plans,
 * so it plans again at every run, which costs more than the look-up itself. A literal number, or a
 * sum, is planned once.
 */
export function upTo(bound: number | Placeholder): Placeholder {
  // Drizzle accepts any expression here, but its types allow only placeholders.
  return (typeof bound === 'number'
    ? sql.raw(String(Math.trunc(bound)))
    : sql`${bound} + 0`) as unknown as Placeholder;
}

/**
 * A column compared with a constant from the predicate of an index. If that were a parameter,
 * SQLite would plan again at every run, to see whether the index fits the value.
 */
export function constant(text: string): ReturnType<typeof sql.raw> {
  return sql.raw(`'${text.replaceAll("'", "''")}'`);
}
