// Makes src/client/v1.d.ts, the types of v1, from docs/openapi.json, whose schemas are those of the
// server. Whatever reads types runs this first: the build, the type check and eslint. It takes 50 ms
// if nothing has changed.
const { createHash } = require('node:crypto');
const { existsSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { join, resolve } = require('node:path');

const root = resolve(__dirname, '..');
const TYPES = join(root, 'src/client/v1.d.ts');
const DOCUMENT = join(root, 'docs/openapi.json');

/** The same operations with the answers below 300 only: each refusal is a Problem. */
function granted(item) {
  const operations = Object.entries(item).map(([method, { responses, ...operation }]) => [
    method,
    {
      ...operation,
      responses: Object.fromEntries(
        Object.entries(responses).filter(([status]) => Number(status) < 300),
      ),
    },
  ]);
  return Object.fromEntries(operations);
}

/** Gives the types of an API document, as text. */
async function typesOf(document) {
  const { default: openapiTS, astToString } = await import('openapi-typescript');
  const paths = Object.entries(document.paths)
    .filter(([path]) => path.startsWith('/v1/'))
    .map(([path, item]) => [path, granted(item)]);
  // A field with a default may be left out of a request.
  const options = { defaultNonNullable: false };
  return astToString(await openapiTS({ ...document, paths: Object.fromEntries(paths) }, options));
}

/** Writes the types, unless those that are there were made from the same document. */
async function writeApiTypes() {
  const text = readFileSync(DOCUMENT);
  const made = createHash('sha256').update(text).update(readFileSync(__filename)).digest('hex');
  const header = `// Made by scripts/api-types.cjs: ${made}\n`;
  if (existsSync(TYPES) && readFileSync(TYPES, 'utf8').startsWith(header)) return;
  const types = await typesOf(JSON.parse(text));
  // Others may be reading it.
  writeFileSync(`${TYPES}.${process.pid}`, `${header}${types}`);
  renameSync(`${TYPES}.${process.pid}`, TYPES);
}

void writeApiTypes();
