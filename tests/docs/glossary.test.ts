import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tree, typescript } from '../helpers/sources';

const ROOT = join(__dirname, '../..');
const pages = tree().filter(({ path }) => path.endsWith('.md') || path === '.env.example');
const glossary = pages.find(({ path }) => path === 'docs/glossary.md')!.text;

/** The rows of the glossary: the term, its meaning, and its names in the code. */
const terms = [...glossary.matchAll(/^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)]
  .slice(1)
  .map(([, term, meaning, code]) => ({ term: term!, meaning: meaning!, code: code! }));

const namesIn = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);

describe('docs/glossary.md', () => {
  const words = new Set(typescript('src').flatMap(({ text }) => text.match(/[A-Za-z_]\w*/g) ?? []));

  test('names only what exists in src', () => {
    const named = terms.flatMap(({ code }) => namesIn(code));
    expect(named.length).toBeGreaterThanOrEqual(30);
    expect(named.filter((name) => !words.has(name))).toEqual([]);
  });

  test('gives every term a name in the code', () => {
    expect(terms.filter(({ code }) => namesIn(code).length === 0)).toEqual([]);
  });

  /** Names of v1 that say little by themselves. */
  const OF_V1 = [
    ...['because', 'expand', 'holders', 'mine', 'notice', 'onBehalfOf', 'openEnded', 'pick'],
    ...['positionIsExact', 'prepare', 'replay', 'requestedBy', 'shareHolders', 'spares'],
    ...['waiting', 'waitingFor'],
  ];

  test.each(OF_V1)('explains %s, which v1 shows', (name) => {
    const api = readFileSync(join(ROOT, 'docs/openapi.json'), 'utf8');
    expect(api).toMatch(new RegExp(`[/"]${name}"`));
    expect(terms.flatMap((term) => namesIn(term.code + term.meaning))).toContain(name);
  });

  test('has each term once, in alphabetical order', () => {
    const listed = terms.map(({ term }) => term);
    expect(listed).toEqual([...new Set(listed)].sort());
  });
});

describe('every page', () => {
  /** Former names, which only the changelog may mention. */
  const RETIRED = new RegExp(
    [
      'giveUpSeconds|lendsCredential|standing credential|set ?aside|too_many_lines|line_full',
      'MAX_LINE_LENGTH|seed API|workshop|upkeep',
    ].join('|'),
    'i',
  );

  test('uses the present names', () => {
    const using = pages
      .filter(({ path }) => path !== 'CHANGELOG.md')
      .flatMap(({ path, text }) =>
        text
          .split('\n')
          .filter((line) => RETIRED.test(line))
          .map((line) => `${path}: ${line}`),
      );
    expect(using).toEqual([]);
  });

  test('links to files that exist', () => {
    const links = pages.flatMap(({ path, text }) =>
      [...text.matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)].map(([, to]) => ({ path, to: to! })),
    );
    expect(links.length).toBeGreaterThan(50);
    expect(links.filter(({ path, to }) => !existsSync(join(ROOT, path, '..', to)))).toEqual([]);
  });

  test('names source files that exist', () => {
    const SOURCE =
      /(?<![\w./-])(?:src|tests|bench|scripts|jobs|packaging|migrations)\/[\w./-]+\.[a-z]+\b/g;
    const named = pages.flatMap(({ path, text }) => {
      const prose = text.replace(/^```.*?^```$/gms, '');
      return [...prose.matchAll(SOURCE)].map(([name]) => ({ path, name }));
    });
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter(({ name }) => !existsSync(join(ROOT, name)))).toEqual([]);
  });
});
