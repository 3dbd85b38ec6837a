import { tree, type Source } from '../helpers/sources';
import { titlesIn } from '../helpers/titles';

/** A claim, and the test that holds it; `limit` where there is none. */
interface Row {
  claim: string;
  path?: string;
  title?: string;
  limit?: string;
}

interface Section {
  lead: string;
  rows: Row[];
}

const files = new Map(tree().map((source) => [source.path, source]));
const fileOf = (path: string): Source => {
  const source = files.get(path);
  if (!source) throw new Error(`${path} does not exist`);
  return source;
};

/** Text as it is compared: without marks of bold, and without the full stop of a lead. */
const bare = (text: string) => text.replaceAll('**', '').replace(/\.$/, '').trim();

/** The leads of SECURITY.md, each with its whole text: the rows of its table, and its bullets. */
function leadsOf(text: string): { lead: string; text: string }[] {
  return text.split('\n').flatMap((line) => {
    const [, lead] =
      /^- \*\*(.+?)\*\*/.exec(line) ?? /^\| (?!who \|)([^|]*[^|\s-][^|]*) \|/.exec(line) ?? [];
    return lead === undefined ? [] : [{ lead: bare(lead), text: line }];
  });
}

function sectionsOf(text: string): Section[] {
  const [, ...sections] = text.split(/^## /m);
  return sections.map((section) => {
    const [lead = '', ...lines] = section.split('\n');
    return { lead: bare(lead), rows: lines.flatMap(rowOf) };
  });
}

function rowOf(line: string): Row[] {
  const [, claim, held] = /^\| (?!claim \|)(\S[^|]*) \| ([^|]+) \|$/.exec(line) ?? [];
  if (claim === undefined || held === undefined) return [];
  const [, path, title] = /^`([^`]+)`: (.+)$/.exec(held) ?? [];
  return [path === undefined ? { claim, limit: held } : { claim, path, title }];
}

/** Is it a title, with or without the groups around it? */
const isTitle = (titles: readonly string[], title = '') =>
  titles.some((each) => each === title || each.endsWith(` › ${title}`));

const SECURITY = fileOf('SECURITY.md').text;
const leads = leadsOf(SECURITY);
const sections = sectionsOf(fileOf('docs/security-claims.md').text);

test('SECURITY.md links to its tests', () => {
  expect(SECURITY).toContain('(docs/security-claims.md)');
});

test('each bullet and each row of SECURITY.md has its section, in the same order', () => {
  expect(leads.length).toBeGreaterThan(40);
  expect(sections.map(({ lead }) => lead)).toEqual(leads.map(({ lead }) => lead));
});

test('each bullet of SECURITY.md begins with what it is about', () => {
  const bullets = SECURITY.split('\n').filter((line) => line.startsWith('- '));
  expect(bullets.filter((line) => !line.startsWith('- **'))).toEqual([]);
});

test('each section has a claim, and each claim a test, or the word that there is none', () => {
  expect(sections.filter(({ rows }) => rows.length === 0)).toEqual([]);
  const limits = sections.flatMap(({ rows }) => rows.flatMap(({ limit }) => limit ?? []));
  expect(limits.filter((limit) => !/^not promised$|^not tested: ./.test(limit))).toEqual([]);
});

test('a bullet says that something is not promised if, and only if, its section does', () => {
  const bullets = leads.filter(({ text }) => text.startsWith('- '));
  const said = bullets.filter(({ text }) => text.includes('Not promised: '));
  const limited = bullets.filter(({ lead }) =>
    sections.some(
      (section) =>
        section.lead === lead && section.rows.some(({ limit }) => limit === 'not promised'),
    ),
  );
  expect(said.length).toBeGreaterThan(10);
  expect(said.map(({ lead }) => lead)).toEqual(limited.map(({ lead }) => lead));
});

test('every test that is named exists', () => {
  const missing = sections.flatMap(({ lead, rows }) =>
    rows
      .filter(({ path, title }) => path !== undefined && !isTitle(titlesIn(fileOf(path)), title))
      .map(({ path, title }) => `${lead}: ${path}: ${title}`),
  );
  expect(missing).toEqual([]);
});

describe('the check', () => {
  const text = [
    "describe('a group', () => {",
    "  test('one ' +",
    "    'title', () => undefined);",
    "  test.each(['a', 'b'])('each %s', () => undefined);",
    '  it(`in ${mode}`, () => undefined);',
    '});',
  ].join('\n');

  test('reads titles in whichever way they are written', () => {
    expect(titlesIn({ path: 'x.test.ts', text })).toEqual([
      'a group › one title',
      'a group › each %s',
      'a group › in ${mode}',
    ]);
  });

  test('takes no part of a title for the whole', () => {
    const titles = ['a group › one title'];
    expect(['one title', 'a group › one title'].map((each) => isTitle(titles, each))).toEqual([
      true,
      true,
    ]);
    expect(
      ['title', 'one', '', 'b group › one title'].map((each) => isTitle(titles, each)),
    ).toEqual([false, false, false, false]);
  });

  test('sees a bullet and a row, and neither the head nor the line of a table', () => {
    const page = '| who | is |\n|---|---|\n| an **ape** | x |\n- **A lead.** Text.\n- none';
    expect(leadsOf(page).map(({ lead }) => lead)).toEqual(['an ape', 'A lead']);
  });
});
