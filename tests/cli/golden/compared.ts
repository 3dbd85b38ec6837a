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

const secret = (found: string) => 'secret'.padEnd(found.length, '.');

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
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, numbered)
    .replace(/\b01[0-9a-f]{2,}[0-9a-f-]*…/g, (id) => `${'id'.padEnd(id.length - 1, '.')}…`)
    .replace(/(hf|hfs|whsec)_[\w+/=-]{12,}/g, secret)
    .replace(/(password +)\S+/g, '$1password')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (time) => 'TIME'.padEnd(time.length, '.'))
    .replace(/127\.0\.0\.1:\d{4,5}/g, '127.0.0.1:PORT')
    .replace(/\/\S*holdfast-test-\w+/g, 'HOME')
    .replace(/answered in \d+ ms/g, 'answered in N ms')
    .replace(/\bs\d+\b/g, 's0');
}
