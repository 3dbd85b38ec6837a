import { typescript } from '../helpers/sources';

/** Texts in quotes, as `path: text`, that match. */
function texts(folders: string[], pattern: RegExp): string[] {
  return typescript(...folders).flatMap(({ path, text }) =>
    [...text.matchAll(/'([^'\n]*)'|`([^`]*)`|"([^"\n]*)"/g)]
      .map(([, single, template, double]) => single ?? template ?? double ?? '')
      .filter((quoted) => pattern.test(quoted))
      .map((quoted) => `${path}: ${quoted}`),
  );
}

const HEADER = /\b[A-Z][a-z]+(-[A-Z][a-z]+)+\b/;
const WIRE_FIELD = /\b[a-z]+Seconds\b/;

describe('the rules of lending know nothing of HTTP', () => {
  const inside = ['src/domain', 'src/service'];

  test('they name no header', () => {
    expect(texts(inside, HEADER)).toEqual([]);
  });

  test('they name no field that counts seconds: the domain counts milliseconds', () => {
    expect(texts(inside, WIRE_FIELD)).toEqual([]);
  });

  test('the patterns find what v1 calls them', () => {
    expect(texts(['src/http'], HEADER)).toContain('src/http/v1/fields.ts: If-Match');
    expect(texts(['src/api', 'src/http'], WIRE_FIELD)).toContain(
      'src/http/v1/fields.ts: durationSeconds',
    );
  });
});
