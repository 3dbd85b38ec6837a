import { z } from 'zod';
import { importFile } from '../api/import-file';
import { openApiDocument } from '../http/openapi';
import { allRoutes } from '../routes';
import { poolsFileJsonSchema } from '../pools-file/json-schema';
import type { Services } from '../service/services';

/** Only the legacy routes still take services; here they are described and never called. */
const NOTHING_BEHIND = { engine: { store: { read: {} } }, github: {} } as unknown as Services;

/** The files in `docs/` that are generated from the code, by name. */
export function generatedDocuments(version: string): Record<string, string> {
  const build = { version, commit: null, node: '', sqlite: '' };
  const routes = allRoutes(NOTHING_BEHIND, { mode: 'guarded', openCidrs: [], hosts: [] }, build);
  return {
    'openapi.json': written(openApiDocument(routes.slice(0, -1), version)),
    'pools-file.schema.json': written(poolsFileJsonSchema()),
    'import.schema.json': written(z.toJSONSchema(importFile, { io: 'input' })),
  };
}

function written(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
