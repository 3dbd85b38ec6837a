import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const WRITE = process.env.GOLDEN === 'write';

/** A secret that the suites give away wherever one is asked for; no golden file has it. */
export const CANARY = 'canary-secret-of-a-bird';

/** The file of a command, whose name may be followed by words. */
export function goldenFile(name: string): string {
  return join(__dirname, `${name.replaceAll(' ', '-')}.txt`);
}

/**
 * Compares what was seen of a command with its golden file. After a change that is meant, write the
 * files anew with GOLDEN=write, and read what differs. `parts`: what was seen, by the situation.
 */
export function compare(name: string, parts: readonly (readonly [string, string])[]): void {
  const text = parts.map(([title, output]) => `=== ${title}\n${settled(output)}`).join('');
  expect(text).not.toContain(CANARY);
  const file = goldenFile(name);
  if (WRITE) writeFileSync(file, text);
  expect(existsSync(file)).toBe(true);
  expect(text).toBe(readFileSync(file, 'utf8'));
}

/** Patterns of what differs from run to run, and what stands there in a golden file. */
const VARYING: readonly (readonly [RegExp, (found: string) => string])[] = [
  [/\b01[0-9a-f]{2,}[0-9a-f-]*…/g, (id) => `${'id'.padEnd(id.length - 1, '.')}…`],
  [/(hf|hfs|whsec)_[\w+/=-]{12,}/g, (secret) => 'secret'.padEnd(secret.length, '.')],
  [/(?<=password {2,})\S+/g, () => 'password'],
  [/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (time) => 'TIME'.padEnd(time.length, '.')],
  [/\b\d{4}-\d\d-\d\d\b/g, () => 'THE....DAY'],
  [/\[\d\d:\d\d:\d\d\.\d{3}\]/g, () => '[TIME]'],
  [/(?<="time":)\d+/g, () => 'TIME'],
  [/127\.0\.0\.1:\d{4,5}/g, () => '127.0.0.1:PORT'],
  [/\/[^\s"',]*holdfast-test-\w+/g, () => 'HOME'],
  [/\b[0-9a-f]{64}\b/g, (hash) => 'hash'.padEnd(hash.length, '.')],
  [/(?<=master\.key\.|master key |not |"masterKey":")[0-9a-f]{8}\b/g, () => 'key-id..'],
  [/(?<="(bytes|connections)":)\d+/g, () => 'N'],
  [/(?<=answered in )\d+(?= ms)/g, () => 'N'],
  [/\bs\d+\b/g, () => 's0'],
];

/** The last passes of the jobs of a server that ends. */
const PASSES = /^.*[ m]pass(␛\S*)?\n( {4}.*\n)+|^.*"msg":"pass"\}\n/gm;

/** The same text with everything in it that differs from run to run made equal, at equal width. */
export function settled(output: string): string {
  const ids: string[] = [];
  const numbered = (id: string) => {
    if (!ids.includes(id)) ids.push(id);
    return `id-${String(ids.indexOf(id)).padStart(2, '0')}`.padEnd(id.length, '.');
  };
  return output
    .replaceAll('\r\x1b[K', '\n(line cleared) ')
    .replaceAll('\r', '')
    .replaceAll('\x1b', '␛')
    .replace(PASSES, '')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, numbered)
    .replace(/^.*$/gm, (line) => settledLine(line));
}

function settledLine(line: string): string {
  let text = line;
  for (const [pattern, mark] of VARYING) text = text.replace(pattern, (found) => mark(found));
  // The border of a box stays where it was.
  return text.endsWith('│') ? `${text.slice(0, -1).padEnd(line.length - 1)}│` : text;
}
