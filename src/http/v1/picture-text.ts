/** Of a font whose letters are all equally wide: the width of one, as a part of its height. */
const LETTER = 0.602;
const FONT = 12;
const MORE = '\u2026';

/** Letters and pictures that take the room of two. */
const SCRIPTS = /\p{Script=Han}|\p{Script=Hangul}|\p{Script=Hiragana}|\p{Script=Katakana}/u;
const SIGNS = /\p{Extended_Pictographic}|[\u3000-\u303f\uff00-\uff60]/u;
/** Marks that stand on the letter before, and characters without any width. */
const NARROW = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
const segments = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The width of a text, in pixels, as far as it can be told without its font. */
export function widthOf(text: string, size = FONT): number {
  return Array.from(segments.segment(text), ({ segment }) => columnsOf(segment)).reduce(
    (sum, columns) => sum + columns * LETTER * size,
    0,
  );
}

function columnsOf(letter: string): number {
  if (NARROW.test(letter)) return 0;
  return SCRIPTS.test(letter) || SIGNS.test(letter) ? 2 : 1;
}

/**
 * The text, cut to a width in pixels; empty where not even two letters have room. It looks no further
 * than the width: a picture may have thousands of long names.
 */
export function fitted(text: string, width: number): string {
  const more = LETTER * FONT;
  if (width < more) return '';
  let [used, end, cut] = [0, 0, 0];
  for (const { segment } of segments.segment(text)) {
    used += columnsOf(segment) * LETTER * FONT;
    if (used > width) return cut < 2 ? '' : text.slice(0, cut) + MORE;
    end += segment.length;
    if (used + more <= width) cut = end;
  }
  return text;
}

/** Characters that XML cannot have, halves of characters, and those that turn text around. */
const UNFIT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff\u202a-\u202e\u2066-\u2069]/gu;
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** The text as XML shows it, whatever is in it. */
export function xml(text: string): string {
  return text
    .toWellFormed()
    .replace(UNFIT, '\ufffd')
    .replace(/[&<>"']/g, (letter) => ESCAPES[letter]!);
}

/** Keeps a text of another direction from turning around what stands beside it. */
const [ISOLATE, END] = ['\u2068', '\u2069'];

/** A tag for templates: the text as XML, in which each value is escaped and keeps to itself. */
export function inXml(parts: TemplateStringsArray, ...values: (string | number)[]): string {
  return parts.reduce(
    (text, part, index) => `${text}${ISOLATE}${xml(String(values[index - 1]))}${END}${part}`,
  );
}
