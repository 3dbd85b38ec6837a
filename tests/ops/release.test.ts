import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const SBOM = join(__dirname, '../../packaging/sbom.cjs');

/** A bill of materials as npm writes it: each time with another number and time. */
const byNpm = (run: number) => ({
  bomFormat: 'CycloneDX',
  serialNumber: `urn:uuid:${run}`,
  metadata: {
    timestamp: new Date(run).toISOString(),
    component: { type: 'application', name: 'folder' },
  },
  components: [{ type: 'library', name: 'express', version: '5.0.0' }],
});

const complete = (run: number) =>
  execFileSync(process.execPath, [SBOM, '26.12.1', '3.54.1'], {
    input: JSON.stringify(byNpm(run)),
    encoding: 'utf8',
  });

test('the bill of materials names Node and SQLite, too, and is the same at each run', () => {
  expect(complete(1)).toBe(complete(2));
  const { components } = JSON.parse(complete(1)) as {
    components: { name: string; version: string }[];
  };
  expect(components.map(({ name, version }) => `${name} ${version}`)).toEqual([
    'express 5.0.0',
    'node 26.12.1',
    'sqlite 3.54.1',
  ]);
});
