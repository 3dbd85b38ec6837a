/**
 * Control characters, separators of lines, and characters that turn text around (Unicode UAX #9,
 * 2.1 and 2.2): with one of these, a name in a terminal or a log looks like another.
 */
const NOT_ONE_LINE = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu;
const CONTROL = /(?![\n\r\t])\p{Cc}/u;

/** Is it one line that looks like what it is? For names and labels. */
export function isOneLine(text: string): boolean {
  return text.search(NOT_ONE_LINE) < 0;
}

/** Is it text without anything that a terminal obeys, on any number of lines? For notes. */
export function isPlainText(text: string): boolean {
  return !CONTROL.test(text);
}

/** The text as one line: for a name that another service gives. */
export function madeOneLine(text: string): string {
  return text.replace(NOT_ONE_LINE, ' ').trim();
}
