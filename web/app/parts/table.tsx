import type { ComponentChildren } from 'preact';

/** A column of a table. */
export interface Column<Row> {
  /** Its heading; what shows a row's actions has none. */
  title: string;
  cell: (row: Row) => ComponentChildren;
  /** `number` is set to the right; `wide` takes the room that is left. */
  kind?: 'number' | 'wide' | 'actions';
}

interface TableProps<Row> {
  /** Says what the rows are; for screen readers. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  /** Names a row for screen readers where rows can be selected. */
  selection?: {
    selected: ReadonlySet<string>;
    set: (selected: Set<string>) => void;
    nameOf: (row: Row) => string;
  };
  rowClass?: (row: Row) => string | undefined;
}

/** A table; on a narrow screen, a list of cards. */
export function Table<Row>(props: TableProps<Row>) {
  const { caption, columns, rows, keyOf, selection, rowClass } = props;
  return (
    <div class="table-place" role="region" aria-label={caption} tabIndex={0}>
      <table class="table">
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {selection && (
              <th scope="col" class="select">
                <SelectAll rows={rows.map(keyOf)} {...selection} />
              </th>
            )}
            {columns.map(({ title, kind }, index) => (
              <th key={index} scope="col" class={kind}>
                {title === '' ? <span class="unseen">Actions</span> : title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} class={rowClass?.(row)}>
              {selection && (
                <td class="select">
                  <SelectOne id={keyOf(row)} name={selection.nameOf(row)} {...selection} />
                </td>
              )}
              {columns.map(({ title, cell, kind }, index) => (
                <td key={index} class={kind} data-title={title}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface Selecting {
  selected: ReadonlySet<string>;
  set: (selected: Set<string>) => void;
}

function SelectAll({ rows, selected, set }: Selecting & { rows: readonly string[] }) {
  const chosen = rows.filter((id) => selected.has(id)).length;
  return (
    <input
      type="checkbox"
      aria-label="Select all that are shown"
      checked={chosen > 0 && chosen === rows.length}
      ref={(box) => {
        if (box) box.indeterminate = chosen > 0 && chosen < rows.length;
      }}
      onChange={(event) => set(new Set(event.currentTarget.checked ? rows : []))}
    />
  );
}

function SelectOne({ id, name, selected, set }: Selecting & { id: string; name: string }) {
  return (
    <input
      type="checkbox"
      aria-label={`Select ${name}`}
      checked={selected.has(id)}
      onChange={(event) => {
        const next = new Set(selected);
        if (event.currentTarget.checked) next.add(id);
        else next.delete(id);
        set(next);
      }}
    />
  );
}
