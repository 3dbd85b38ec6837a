import { isOneLine, isPlainText, madeOneLine } from '../../src/domain/plain-text';

const HIDDEN = ['\u001b[31m', '\r', '\u0085', '\u202e', '\u2066', '\u007f'];

it.each(HIDDEN)('no name may have %j in it', (hidden) => {
  expect(isOneLine(`a${hidden}b`)).toBe(false);
});

it.each(['\n', '\u2028', '\t'])('a name is one line, without %j', (hidden) => {
  expect(isOneLine(`a${hidden}b`)).toBe(false);
  expect(isPlainText(`a${hidden}b`)).toBe(true);
});

it.each(['Ada Lovelace', 'Łukasz', '李四', 'می‌خواهم', '👩‍💻', 'a/b', ''])('%j is a name', (text) => {
  expect(isOneLine(text)).toBe(true);
});

it('a note may have lines, but nothing that a terminal obeys', () => {
  expect([isPlainText('one\ntwo\r\n\tthree'), isPlainText('a\u001b[2Jb')]).toEqual([true, false]);
});

it('a name from elsewhere is made one', () => {
  expect(madeOneLine('  Ada\u202e\nLovelace ')).toBe('Ada  Lovelace');
});
