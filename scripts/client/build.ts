import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { generateDtsBundle } from 'dts-bundle-generator';
import { build, type Metafile } from 'esbuild';

/** A minified bundle runs where its `target` does: Node 20, Deno, Bun and the browsers of 2024. */
const TARGET = 'es2022';

/**
 * Makes the two bundles, `index.mjs` and `index.cjs`, in the folder `out`. Gives the names of the
 * modules that they still import: none.
 */
export async function bundleClient(root: string, out: string): Promise<string[]> {
  const bundles = [await bundled(root, out, 'esm'), await bundled(root, out, 'cjs')];
  return bundles.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap(({ imports }) => imports.map(({ path }) => path)),
  );
}

/**
 * Makes the package that is published: ESM, CommonJS, types, and a `package.json` whose only export
 * is `holdfast/client`. `root`: the project; `out`: the folder, which is emptied. Gives the same
 * as `bundleClient`.
 */
export async function buildClient(root: string, out: string): Promise<string[]> {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const imports = await bundleClient(root, out);
  const types = typesOf(root);
  // One for each way in which TypeScript looks for them.
  for (const name of ['index.d.ts', 'index.d.mts']) writeFileSync(join(out, name), types);
  copyFileSync(join(root, 'docs/client.md'), join(out, 'README.md'));
  writeFileSync(join(out, 'package.json'), `${JSON.stringify(manifestOf(root), null, 2)}\n`);
  return imports;
}

async function bundled(root: string, out: string, format: 'esm' | 'cjs'): Promise<Metafile> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['src/client/index.ts'],
    outfile: join(out, format === 'esm' ? 'index.mjs' : 'index.cjs'),
    bundle: true,
    minify: true,
    platform: 'neutral',
    target: TARGET,
    format,
    metafile: true,
    logLevel: 'warning',
  });
  return metafile;
}

/** The types in one file, which imports nothing. */
function typesOf(root: string): string {
  const [types] = generateDtsBundle(
    [
      {
        filePath: join(root, 'src/client/index.ts'),
        output: { noBanner: true, exportReferencedTypes: false },
      },
    ],
    { preferredConfigPath: join(root, 'tsconfig.json') },
  );
  return types!;
}

function manifestOf(root: string): Record<string, unknown> {
  const { name, version, license } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  ) as Record<string, string>;
  return {
    name,
    version,
    description: 'Borrows scarce things from a Holdfast server, and gives them back.',
    license,
    sideEffects: false,
    engines: { node: '>=20' },
    exports: {
      './client': {
        import: { types: './index.d.mts', default: './index.mjs' },
        require: { types: './index.d.ts', default: './index.cjs' },
      },
    },
  };
}

async function main(): Promise<void> {
  const root = resolve(__dirname, '../../..');
  await buildClient(root, join(root, 'dist/client'));
}

if (require.main === module) void main();
