import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../src/assets';
import { buildInfo } from '../../src/build-info';
import { generatedDocuments } from '../../src/docs/documents';
import type { ApiDocument } from './document';
import { breakingChanges } from './document-changes';

const FOLDER = join(projectRoot(), 'docs/api');

/** The files of the last release in `docs/api`, by the document that they were. */
const RELEASED = { 'openapi.json': 'released.json', 'openapi-legacy.json': 'released-legacy.json' };

/** What the routes of today break of the last release, a line each. */
export function changesSinceRelease(): string[] {
  const present = generatedDocuments(buildInfo().version);
  return Object.entries(RELEASED).flatMap(([name, file]) => {
    const before = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as ApiDocument;
    return breakingChanges(before, JSON.parse(present[name]!) as ApiDocument);
  });
}

/** Makes the documents of today those of the last release. */
export function release(): void {
  const present = generatedDocuments(buildInfo().version);
  for (const [name, file] of Object.entries(RELEASED))
    writeFileSync(join(FOLDER, file), present[name]!);
}
