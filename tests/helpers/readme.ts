import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './process';

/** The text of README.md. */
export function readme(): string {
  return readFileSync(join(ROOT, 'README.md'), 'utf8');
}

/**
 * The fenced blocks of one language in a section of README.md, or in the opening if no section is
 * named.
 */
export function readmeBlocks(language: string, section?: string): string[] {
  const [opening = '', ...sections] = readme().split(/^## /m);
  const found =
    section === undefined ? opening : sections.find((each) => each.startsWith(`${section}\n`));
  if (found === undefined) throw new Error(`README.md has no section ${section}`);
  return [...found.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, name]) => name === language)
    .map(([, , block]) => block!);
}
