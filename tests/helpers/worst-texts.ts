import * as fc from 'fast-check';

/** Texts that mean something to a shell, a template, a parser or a terminal. */
const LIST = [
  ...['$(touch canary)', '`touch canary`', '; touch canary', '| touch canary', '&& touch canary'],
  ...["'; touch canary; '", '"; touch canary; "', '\n touch canary \n', '\0', 'a\0b', "'", '"'],
  ...['\\', '\\n', '%0a', '%s%n', '${PATH}', '$HOME', '~', '*', '?', '[a-z]*', '!!', '#', '-rf'],
  ...[
    '--help',
    '..',
    '../../etc/passwd',
    '<',
    '>',
    '> canary',
    '2>&1',
    '{a,b}',
    '\r\n',
    '\u001b[2J',
  ],
  ...['\u2028', '\u202e', '\ufeff', '\ud800', '\udc00x', '😀', 'e\u0301', '\uffff', ' ', '\t'],
  ...['{"operation":"destroy"}', '","x":"', '{{ lookup("pipe","touch canary") }}', '<%= 1 %>'],
  'x'.repeat(100_000),
  '$(touch canary)'.repeat(6_000),
];

/** `count` of the worst texts, the same each time: those above, and made ones. */
export function worstTexts(count: number): string[] {
  const any = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.string({ unit: 'grapheme', maxLength: 50 }),
    fc.constantFrom(...LIST),
    fc.tuple(fc.constantFrom(...LIST.slice(0, 50)), fc.string()).map((parts) => parts.join('')),
  );
  return [...LIST, ...fc.sample(any, { numRuns: Math.max(0, count - LIST.length), seed: 7 })];
}
