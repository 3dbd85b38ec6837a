import { createHash } from 'node:crypto';
import { DriverError } from '../driver';

/** Everything on a host by which somebody could come back: what is known of each, by its name. */
export type Inventory = ReadonlyMap<string, string>;

const SHOWN = 6;
const LONGEST = 120;
/** The kinds of findings that a message names first. Files follow, shorter paths first. */
const FIRST = [
  'user ',
  'password of ',
  'setuid ',
  'capabilities of ',
  'device ',
  'listener ',
  'group ',
];
/** They come and go with the programs of the host; only a new one says anything. */
const MAY_GO = /^(listener|mount|device) /;

/** Reads the lines of an inventory: a name, a tab, and what is known. */
export function parseInventory(lines: readonly string[]): Inventory {
  const pairs = lines.map((line): [string, string] => {
    const [subject = '', ...known] = line.split('\t');
    return [readable(subject), known.join('\t')];
  });
  return new Map(pairs);
}

/** SHA-256 of an inventory in hexadecimal digits, whatever its order. */
export function hashOf(inventory: Inventory): string {
  const lines = [...inventory].map((pair) => pair.join('\t')).sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

/** The names of all that `now` has and `before` had not, or that differs, each with a word why. */
export function differences(
  before: Inventory,
  now: Inventory,
  ignore: readonly string[],
): string[] {
  const found: string[] = [];
  for (const [subject, known] of now) {
    if (!before.has(subject)) found.push(`${subject} is new`);
    else if (before.get(subject) !== known) found.push(`${subject} has changed`);
  }
  for (const subject of before.keys())
    if (!now.has(subject) && !MAY_GO.test(subject)) found.push(`${subject} is gone`);
  const all = new Set(found);
  return found
    .filter((each) => !isSaidBefore(each, all) && !isIgnored(each, ignore))
    .sort((a, b) => placeOf(a) - placeOf(b) || a.length - b.length);
}

function placeOf(text: string): number {
  const place = FIRST.findIndex((kind) => text.startsWith(kind));
  return place === -1 ? FIRST.length : place;
}

/** A new file is new with its content. */
function isSaidBefore(text: string, all: ReadonlySet<string>): boolean {
  return text.startsWith('content of ') && all.has(text.slice('content of '.length));
}

function isIgnored(text: string, ignore: readonly string[]): boolean {
  const subject = text
    .replace(/ (is new|has changed|is gone)$/, '')
    .replace(/^(content of|setuid|capabilities of|device|mount) /, '');
  // A path with everything below it, or an address with any port.
  return ignore.some(
    (each) => subject === each || subject.startsWith(`${each}/`) || subject.startsWith(`${each}:`),
  );
}

/**
 * Says in one sentence what a search found; names come from the host, so they are cut and cleaned.
 */
export function foundError(found: readonly string[]): DriverError {
  const shown = found.slice(0, SHOWN).map(printable);
  const more = found.length > SHOWN ? [`${found.length - SHOWN} more`] : [];
  return new DriverError('resource', `The search found: ${[...shown, ...more].join('; ')}.`);
}

/** A text of the host, as far as it can be shown in one line. */
export function printable(text: string): string {
  const line = text.replace(/[^\x20-\x7e]/g, '?');
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

/** The kernel writes addresses in hexadecimal digits, four bytes at a time from the last. */
function readable(subject: string): string {
  const found = /^(listener (?:tcp|udp)6?) ([0-9A-F]{8}|[0-9A-F]{32}):(\d+)$/.exec(subject);
  if (!found) return subject;
  const [, listener, address, port] = found;
  const words = address!.match(/.{8}/g)!.map((word) => word.match(/../g)!.reverse());
  if (words.length === 1)
    return `${listener} ${words[0]!.map((byte) => parseInt(byte, 16)).join('.')}:${port}`;
  const groups = words.flat().join('').toLowerCase().match(/.{4}/g)!;
  const host = new URL(`http://[${groups.join(':')}]`).hostname;
  return `${listener} ${host}:${port}`;
}
