import { sql, type Placeholder, type SQL } from 'drizzle-orm';

/**
 * A parameter in a comparison. SQLite plans a statement again at every run if the value of a
 * parameter might change the plan: in a join, with an `ORDER BY`, or in `max()`. That costs up to
 * ten times as much as the look-up itself. The value of an expression, such as `+?`, is not looked
 * at, so the statement is planned once.
 */
export function given(name: string): SQL {
  return sql`+${sql.placeholder(name)}`;
}

/**
 * The bound of a `LIMIT`: a number, or the name of a parameter. SQLite looks at a bare `LIMIT ?`
 * when it plans, too, and even at `+?`; a literal number or a sum is planned once.
 */
export function upTo(bound: number | string): Placeholder {
  // Drizzle accepts any expression here, but its types allow only placeholders.
  return (typeof bound === 'number'
    ? sql.raw(String(Math.trunc(bound)))
    : sql`${sql.placeholder(bound)} + 0`) as unknown as Placeholder;
}

/**
 * A column compared with a constant from the predicate of an index. SQLite must see the constant
 * itself to know that the index fits.
 */
export function constant(text: string): ReturnType<typeof sql.raw> {
  return sql.raw(`'${text.replaceAll("'", "''")}'`);
}
