import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../assets';
import { buildInfo } from '../build-info';
import { generatedDocuments, withEventTypes } from './documents';

const folder = join(projectRoot(), 'docs');
for (const [name, text] of Object.entries(generatedDocuments(buildInfo().version)))
  writeFileSync(join(folder, name), text);
const events = join(folder, 'events.md');
writeFileSync(events, withEventTypes(readFileSync(events, 'utf8')));
