import { stripVTControlCharacters } from 'node:util';

/** Characters that a terminal obeys, and those that no reader sees or that turn text around. */
const CONTROLS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A text from a server in one line, with nothing in it that a terminal would obey. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
}

/**
 * A text of several lines with nothing in it that a terminal would obey: such characters are spelled
 * as JSON does, so that JSON stays what it is.
 */
export function harmless(text: string): string {
  return text.replace(CONTROLS, (control) =>
    control === '\n' || control === '\t' ? control : spelled(control),
  );
}

function spelled(control: string): string {
  return Array.from({ length: control.length }, (_, index) => control.charCodeAt(index))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('');
}
