import { sql, type Placeholder } from 'drizzle-orm';

/**
 * The bound of a `LIMIT`. SQLite (since 3.47) looks at the value of a bare `LIMIT ?` when it plans,
 * and so plans anew at every run, which costs more than the look-up itself; a number as it stands,
 * or a sum, is planned once.
 */
export function upTo(bound: number | Placeholder): Placeholder {
  // Drizzle takes any expression here, and says so of placeholders only.
  return (typeof bound === 'number'
    ? sql.raw(String(Math.trunc(bound)))
    : sql`${bound} + 0`) as unknown as Placeholder;
}

/**
 * A column compared with a constant that an index has in its predicate. As a parameter it would
 * have SQLite plan anew at every run, to see whether the index fits the value.
 */
export function constant(text: string): ReturnType<typeof sql.raw> {
  return sql.raw(`'${text.replaceAll("'", "''")}'`);
}
