import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DRIVERS } from '../../src/drivers';
import { generatedDocuments, withEventTypes } from '../../src/docs/documents';
import { poolsFileSchema } from '../../src/pools-file/schema';
import { PROBLEMS } from '../../src/http/problems';

const DOCS = join(__dirname, '../../docs');
const read = (name: string) => readFileSync(join(DOCS, name), 'utf8');
const { version } = JSON.parse(readFileSync(join(DOCS, '../package.json'), 'utf8')) as {
  version: string;
};

describe('generated documents', () => {
  const generated = generatedDocuments(version);

  test.each(Object.keys(generated))(
    '%s is up to date; otherwise run npm run docs:generate',
    (name) => {
      expect(read(name)).toBe(generated[name]);
    },
  );

  test('every reference in the API document resolves', () => {
    const text = generated['openapi.json']!;
    const document = JSON.parse(text) as { components: { schemas: Record<string, unknown> } };
    const named = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name!);
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter((name) => !(name in document.components.schemas))).toEqual([]);
  });
});

test('docs/events.md has the table of types; otherwise run npm run docs:generate', () => {
  const text = read('events.md');
  expect(withEventTypes(text)).toBe(text);
  expect(text).toContain('| `user.password` |');
});

describe('docs/errors.md', () => {
  const text = read('errors.md');

  test("has the code's table", () => {
    const rows = [...text.matchAll(/^\| \[(\w+)\]\(#(\w+)\) +\| (\d+) +\| (.+?) +\|$/gm)].map(
      ([, code, anchor, status, title]) => [code, anchor, Number(status), title],
    );
    expect(rows).toEqual(
      Object.entries(PROBLEMS).map(([code, { status, title }]) => [code, code, status, title]),
    );
  });

  test('explains each code, in the same order', () => {
    const explained = [...text.matchAll(/^## (\w+)\n\n(\S[^\n]+)/gm)].map(([, code]) => code);
    expect(explained).toEqual(Object.keys(PROBLEMS));
  });
});

test('docs/pools-file.md explains every key of the top and of a pool', () => {
  const text = read('pools-file.md');
  const keys = [
    ...Object.keys(poolsFileSchema.shape),
    ...Object.keys(poolsFileSchema.shape.pools.element.shape),
  ];
  const cells = new Set([...text.matchAll(/^\| `([^`]+)` +\|/gm)].map(([, key]) => key));
  expect(keys.filter((key) => !cells.has(key))).toEqual([]);
});

describe('docs/drivers.md', () => {
  const sections = read('drivers.md').split(/^## /m).slice(1);

  test('has every driver', () => {
    expect(sections.map((section) => section.split('\n', 1)[0])).toEqual([...DRIVERS.keys()]);
  });

  test.each([...DRIVERS.values()])(
    'describes every setting of $name, in order, with its default',
    ({ name, settings }) => {
      const section = sections.find((each) => each.startsWith(`${name}\n`))!;
      const rows = [...section.matchAll(/^\| `(\w+)` +\| [^|]+ \| ([^|]+?) +\| [^|]+ \|$/gm)].map(
        ([, key, standard]) => [key, standard],
      );
      const { properties = {}, required = [] } = z.toJSONSchema(settings, { io: 'input' });
      const expected = Object.entries(properties).map(([key, schema]) => {
        const standard = (schema as { default?: unknown }).default;
        return [
          key,
          required.includes(key)
            ? 'required'
            : standard === undefined
              ? 'none'
              : `\`${JSON.stringify(standard)}\``,
        ];
      });
      // A driver may have few settings, but those of these two must be found.
      const fewest = ['simulated', 'docker'].includes(name) ? 6 : 1;
      expect(expected.length).toBeGreaterThanOrEqual(fewest);
      expect(rows).toEqual(expected);
    },
  );

  test('is found from the README and from the pools file', () => {
    expect(readFileSync(join(DOCS, '../README.md'), 'utf8')).toContain('(docs/drivers.md)');
    expect(read('pools-file.md')).toContain('(drivers.md)');
  });
});
