import Database from 'better-sqlite3';

export interface SealedText {
  table: string;
  /** The associated data that it was sealed with: `table/row/column`. */
  place: string;
  sealed: string;
}

/** Tables that were renamed after their first texts were sealed. */
const AAD_NAMES: Record<string, string> = { metadata: 'facts' };

/** Everything in a database that looks sealed, in any table and column. */
export function sealedTexts(file: string): SealedText[] {
  const db = new Database(file, { readonly: true });
  try {
    const tables = db
      .prepare<[], string>(
        "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by name",
      )
      .pluck()
      .all();
    return tables.flatMap((table) => {
      const columns = (
        db.pragma(`table_info(${table})`) as { name: string; type: string; pk: number }[]
      ).filter(({ type }) => type.toLowerCase() === 'text');
      const [key] = db.pragma(`table_info(${table})`) as { name: string }[];
      return columns.flatMap(({ name }) =>
        db
          .prepare<[], { row: string; sealed: string }>(
            `select "${key!.name}" as row, "${name}" as sealed from "${table}" where ` +
              `"${name}" glob 'v1.????????.*' order by 1`,
          )
          .all()
          .map(({ row, sealed }) => ({
            table,
            place: `${AAD_NAMES[table] ?? table}/${row}/${name}`,
            sealed,
          })),
      );
    });
  } finally {
    db.close();
  }
}
