import { linesOf } from '../../server/lines';
import type { Filter } from './event-feed';
import type { Event } from './sentences';

export type Format = 'ndjson' | 'csv';

const TYPES: Readonly<Record<Format, string>> = {
  ndjson: 'application/x-ndjson',
  csv: 'text/csv;charset=utf-8',
};
/** So many lines become one part of the file. */
const BATCH = 1_000;

/** The columns of the CSV; objects are written as JSON. */
const COLUMNS: readonly (readonly [title: string, value: (event: Event) => unknown])[] = [
  ['seq', ({ seq }) => seq],
  ['at', ({ at }) => at],
  ['type', ({ type }) => type],
  ['actorKind', ({ actor }) => actor?.kind],
  ['actorId', ({ actor }) => actor?.id],
  ['actorName', ({ actor }) => actor?.name],
  ['actorToken', ({ actor }) => actor?.token],
  ['pool', ({ pool }) => pool?.name ?? pool?.id],
  ['resource', ({ resource }) => resource?.name ?? resource?.id],
  ['reservation', ({ reservation }) => reservation],
  ['user', ({ user }) => user],
  ['address', ({ address }) => address],
  ['requestId', ({ requestId }) => requestId],
  ['data', ({ data }) => data],
  ['changed', ({ changed }) => changed],
];

/**
 * All events of a filter as a file. `onCount` is called with their number so far. Errors: those of
 * the call; the reason of the signal.
 */
export async function eventFile(
  filter: Filter,
  format: Format,
  onCount: (count: number) => void,
  signal: AbortSignal,
): Promise<Blob> {
  const parts: Blob[] = [];
  let lines: string[] = format === 'csv' ? [rowOf(COLUMNS.map(([title]) => title))] : [];
  let count = 0;
  const keep = () => {
    // A browser can keep parts on the disk.
    parts.push(new Blob(lines));
    lines = [];
    onCount(count);
  };
  for await (const line of linesOf('v1/events', { ...filter, format: 'ndjson' }, signal)) {
    lines.push(format === 'csv' ? csvOf(JSON.parse(line) as Event) : `${line}\n`);
    if (++count % BATCH === 0) keep();
  }
  keep();
  return new Blob(parts, { type: TYPES[format] });
}

function csvOf(event: Event): string {
  return rowOf(COLUMNS.map(([, value]) => value(event)));
}

/** A row by RFC 4180. */
function rowOf(values: readonly unknown[]): string {
  return `${values.map(cellOf).join(',')}\r\n`;
}

/** A text that a spreadsheet would take for a formula gets an apostrophe before it. */
function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
