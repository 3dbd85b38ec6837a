import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import openapiTS, { astToString, type OpenAPI3 } from 'openapi-typescript';

const HEADER = '// Made from openapi.json by `npm run docs:generate`.\n\n';

/**
 * Gives the TypeScript types of v1: the text of `docs/openapi.d.ts`. `text`: the API document, whose
 * schemas are those of the server. Refusals are left out: each is a Problem.
 */
export async function apiTypes(text: string): Promise<string> {
  const document = JSON.parse(text) as OpenAPI3;
  const { paths = {} } = document;
  const kept = Object.entries(paths).filter(([path]) => path.startsWith('/v1/'));
  // A field with a default may be left out of a request.
  const nodes = await openapiTS(
    { ...document, paths: Object.fromEntries(kept.map(([path, item]) => [path, granted(item)])) },
    { defaultNonNullable: false },
  );
  return HEADER + astToString(nodes);
}

/** The same operations with the answers below 300 only. */
function granted<Item extends object>(item: Item): Item {
  return Object.fromEntries(
    Object.entries(item).map(([method, operation]: [string, { responses: object }]) => [
      method,
      {
        ...operation,
        responses: Object.fromEntries(
          Object.entries(operation.responses).filter(([status]) => Number(status) < 300),
        ),
      },
    ]),
  ) as Item;
}

/** Writes the types; with `--print`, to stdout. */
async function main(): Promise<void> {
  const docs = join(resolve(__dirname, '../../..'), 'docs');
  const types = await apiTypes(readFileSync(join(docs, 'openapi.json'), 'utf8'));
  if (process.argv.includes('--print')) process.stdout.write(types);
  else writeFileSync(join(docs, 'openapi.d.ts'), types);
}

if (require.main === module) void main();
