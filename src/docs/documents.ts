import { z } from 'zod';
import { importFile } from '../api/import-file';
import { EVENT_TYPES } from '../domain/event';
import { openApiDocument } from '../http/openapi';
import { routeTables, type RouteTable } from '../routes';
import { poolsFileJsonSchema } from '../pools-file/json-schema';

/** The files in `docs/` that are generated from the code, by name. */
export function generatedDocuments(version: string): Record<string, string> {
  const build = { version, commit: null, node: '', sqlite: '' };
  const legacy = { mode: 'guarded', openCidrs: [], hosts: [] } as const;
  const described = ({ routes, about }: RouteTable) =>
    written(openApiDocument(routes, about, version));
  const tables = routeTables({ build, legacy, github: true, metrics: true, mcp: [] });
  return {
    'openapi.json': described(tables.v1),
    'openapi-legacy.json': described(tables.legacy),
    'pools-file.schema.json': written(poolsFileJsonSchema()),
    'import.schema.json': written(z.toJSONSchema(importFile, { io: 'input' })),
  };
}

const TYPES = /(<!-- types:[^\n]*-->\n)[^]*(<!-- end of types -->)/;

/** The page about events, `text`, with the table of all types of today. */
export function withEventTypes(text: string): string {
  const rows = Object.entries(EVENT_TYPES).map(([type, fact]) => `| \`${type}\` | ${fact} |\n`);
  const table = `| type | fact |\n|---|---|\n${rows.join('')}`;
  return text.replace(TYPES, (_all, start: string, end: string) => start + table + end);
}

function written(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
