import { commentsOf, typescript, type Comment } from '../helpers/sources';

const DETERMINERS =
  'a|an|the|this|these|those|it|its|they|their|he|she|we|one|there|nobody|nothing|somebody|' +
  'what|who|each|every|all|no|some|many';

/** Turns of phrase that make a reader go back, each with the sentence that shows it. */
const MARKERS: Readonly<Record<string, { pattern: RegExp; example: string; fine: string }>> = {
  'begins with a free relative': {
    pattern: /^(What|Who|Whom|Whose|Which|Whoever|Whomever|Whatever|Whichever)\b/,
    example: 'What a late call has made is removed here.',
    fine: 'Removes whatever a late call has made.',
  },
  'begins with a that-clause': {
    pattern: new RegExp(`^That (${DETERMINERS})\\b`),
    example: 'That it cannot be looked up says nothing.',
    fine: 'That is why it is rethrown.',
  },
  'begins with a place as a noun': {
    pattern: /^Where\b[^,]*$/,
    example: 'Where a process began.',
    fine: 'Where nothing is free, the request waits.',
  },
  'is told of': {
    pattern: /\b(is|are|was|were|be|been|being) told of\b/,
    example: 'A failure is told of once.',
    fine: 'A failure is reported once.',
  },
  'that there is': {
    pattern: /\bthat there (is|are|was|were)\b/i,
    example: 'The pools that there are.',
    fine: 'Says whether there is a pool.',
  },
  'who after a preposition': {
    pattern: /\b(to|for|of|by|from|with|than|as|on) who(ever)?\b/,
    example: 'It is free to who would not wait.',
    fine: 'Only those who asked for it.',
  },
};

/** A comment cut into what may begin like a sentence; a question is none of our business. */
function sentencesOf(text: string): string[] {
  return text.split(/(?<=[.!?]["'`)]?)\s+(?=[A-Z])/).filter((sentence) => !/\?$/.test(sentence));
}

function faultsOf(text: string): string[] {
  const sentences = sentencesOf(text);
  return Object.entries(MARKERS)
    .filter(([, { pattern }]) => sentences.some((sentence) => pattern.test(sentence)))
    .map(([name]) => name);
}

const shown = ({ path, line, text }: Comment, fault: string) =>
  `${path}:${line} (${fault}) ${text.length > 120 ? `${text.slice(0, 120)}…` : text}`;

const comments = typescript('src', 'jobs', 'examples', 'web').flatMap(commentsOf);

test('comments are found wherever they stand', () => {
  const text = [
    '/** One. */',
    'export const a = `// no ${1 /* two */} comment`; // three',
    '// four',
    '',
    '// What comes',
    '// last.',
    'f(a, /^\\/\\//);',
  ].join('\n');
  expect(commentsOf({ path: 'x.ts', text })).toEqual([
    { path: 'x.ts', line: 1, text: 'One.' },
    { path: 'x.ts', line: 2, text: 'two' },
    { path: 'x.ts', line: 2, text: 'three four' },
    { path: 'x.ts', line: 5, text: 'What comes last.' },
  ]);
  expect(comments.length).toBeGreaterThan(1_000);
});

test.each(Object.entries(MARKERS))('"%s" is found', (name, { example, fine }) => {
  expect(faultsOf(example)).toEqual([name]);
  expect(faultsOf(`It is so. ${example}`)).toEqual([name]);
  expect(faultsOf(fine)).toEqual([]);
});

test('a question is no free relative', () => {
  expect(faultsOf('What comes next? Nothing.')).toEqual([]);
});

test('comments say first what they are about', () => {
  const found = comments.flatMap((comment) =>
    faultsOf(comment.text).map((fault) => shown(comment, fault)),
  );
  expect(found).toEqual([]);
});
