import { styleText } from 'node:util';
import Table from 'cli-table3';
import width from 'string-width';
import { plain } from '../plain';

export type Colour = 'green' | 'yellow' | 'red' | 'dim';

/** A column of a table. */
export interface Column<Row> {
  title: string;
  value: (row: Row) => string | number;
  /** Columns with a higher number go first where a terminal is narrow; 0, the default: it stays. */
  rank?: number;
  /** A width, in characters, at which it still helps: it is cut down to that before it goes. */
  enough?: number;
  right?: boolean;
  /** Never cut: for ids, which people copy. Where there is no room, it has a line of its own. */
  whole?: boolean;
  colour?: (row: Row) => Colour | undefined;
}

/** The place in which a table is shown. */
export interface Canvas {
  /** In characters; undefined: no limit. */
  columns: number | undefined;
  /** May there be colours? */
  colours: boolean;
}

const GAP = 2;
const NARROWEST = 6;
const NO_LINES = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left']
    .concat(['bottom-right', 'left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'])
    .map((name) => [name, '']),
);

/** The canvas of stdout. `NO_COLOR` and its like count as Node has them. */
export function stdoutCanvas(): Canvas {
  const { isTTY, columns } = process.stdout;
  return { columns: isTTY ? columns : undefined, colours: true };
}

/** Lays rows out below titles, a line each, or two where one is too narrow; without trailing blanks. */
export function tableOf<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  canvas: Canvas = stdoutCanvas(),
): string {
  const widths = widthsOf(rows, fitting(rows, columns, canvas.columns));
  const isTight = canvas.columns !== undefined && total(widths) > canvas.columns;
  const below = isTight ? columns.filter(({ whole }) => whole) : [];
  const beside = columns.filter((column) => !below.includes(column));
  const titles = below.map(({ title }) => `  ${painted(title, 'dim', canvas)}`);
  const values = rows.map((row) => below.map((column) => `  ${cellOf(column, row)}`));
  return besideOneAnother(rows, beside, canvas)
    .flatMap((line, index) => [line, ...[titles, ...values][index]!])
    .join('\n');
}

/** A line for the titles, and one for each row. */
function besideOneAnother<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  canvas: Canvas,
): string[] {
  const kept = fitting(rows, columns, canvas.columns);
  const widths = shrunk(widthsOf(rows, kept), neededBy(rows, kept), canvas.columns);
  const table = new Table({
    chars: NO_LINES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP },
    colWidths: widths.map((each) => each + GAP),
    colAligns: kept.map(({ right }) => (right ? 'right' : 'left')),
  });
  const cut = (text: string, index: number) => cutTo(text, widths[index]!);
  table.push(kept.map(({ title }, index) => painted(cut(title, index), 'dim', canvas)));
  for (const row of rows)
    table.push(
      kept.map((column, index) =>
        painted(cut(cellOf(column, row), index), column.colour?.(row), canvas),
      ),
    );
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}

/** Lays out the facts of one thing, a name and a value a line; those without a value are left out. */
export function factsOf(
  facts: readonly (readonly [name: string, value: string | number | null | undefined])[],
  canvas: Canvas = stdoutCanvas(),
): string {
  const told = facts
    .filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([name, value]) => [plain(name), plain(String(value))] as const);
  const widest = Math.max(...told.map(([name]) => width(name)));
  return told
    .map(([name, value]) => {
      const label = `${name}${' '.repeat(widest + GAP - width(name))}`;
      return `${painted(label, 'dim', canvas)}${value}`;
    })
    .join('\n');
}

/** A text in a colour, where stdout shows colours. */
export function painted(text: string, colour: Colour | undefined, { colours }: Canvas): string {
  return colour && colours ? styleText(colour, text, { stream: process.stdout }) : text;
}

function cellOf<Row>({ value }: Column<Row>, row: Row): string {
  const text = plain(String(value(row)));
  return text === '' ? '-' : text;
}

/** The columns that have room beside one another. */
function fitting<Row>(rows: readonly Row[], columns: readonly Column<Row>[], room?: number) {
  let kept = [...columns];
  while (room !== undefined && total(widthsOf(rows, kept)) > room) {
    const least = kept.reduce((a, b) => ((b.rank ?? 0) >= (a.rank ?? 0) ? b : a));
    const suffices = least.enough !== undefined && total(neededBy(rows, kept)) <= room;
    if ((least.rank ?? 0) === 0 || suffices) break;
    kept = kept.filter((column) => column !== least);
  }
  return kept;
}

/** The widths with which columns are still worth their places. */
function neededBy<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): number[] {
  return widthsOf(rows, columns).map((each, index) =>
    Math.min(each, columns[index]!.enough ?? each),
  );
}

function widthsOf<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): number[] {
  return columns.map((column) =>
    rows.reduce((most, row) => Math.max(most, width(cellOf(column, row))), width(column.title)),
  );
}

/**
 * Takes from the columns that need less until all fit, then from the widest ones, as far as a column
 * can still be read.
 */
function shrunk(widths: readonly number[], needed: readonly number[], room = Infinity): number[] {
  const left = [...widths];
  for (const [index, least] of needed.entries())
    left[index] = Math.max(least, left[index]! - Math.max(0, total(left) - room));
  while (total(left) > room) {
    const widest = left.indexOf(Math.max(...left));
    if (left[widest]! <= NARROWEST) break;
    left[widest]! -= 1;
  }
  return left;
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, each) => sum + each + GAP, -GAP);
}

/** A text cut to a width, in columns of a terminal. */
export function cutTo(text: string, most: number): string {
  if (width(text) <= most) return text;
  let cut = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (width(cut + segment) > most - 1) break;
    cut += segment;
  }
  return `${cut}…`;
}

/** A text in lines of at most `most` columns; a longer word is left whole. */
export function wrapped(text: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && width(longer) <= most) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
