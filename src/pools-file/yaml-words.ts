import type { ErrorCode } from 'yaml';

const BRACKETS = 'brackets, quotes or commas do not match here';

/** Reasons why a text is no YAML. Each ends a sentence that begins "not valid YAML". */
const STRUCTURE: Readonly<Record<Exclude<ErrorCode, keyof typeof REST>, string>> = {
  ALIAS_PROPS: 'an alias cannot have an anchor or a tag',
  BAD_ALIAS: 'an alias or an anchor needs a name',
  BAD_COLLECTION_TYPE: 'a tag does not fit what it stands before',
  BAD_DIRECTIVE: 'text that begins with % must be in quotes',
  BAD_DQ_ESCAPE: 'a backslash in double quotes must be written twice; or use single quotes',
  BAD_INDENT: 'this is indented too little, or a bracket before it is not closed',
  BAD_PROP_ORDER: 'an anchor or a tag must stand before its value',
  BAD_SCALAR_START: 'text that begins with @, ` or another special character must be in quotes',
  BLOCK_AS_IMPLICIT_KEY:
    'only one key: value may stand on a line; text that contains ": " must be in quotes',
  BLOCK_IN_FLOW: 'a list with dashes, or keys on lines of their own, cannot stand within brackets',
  IMPOSSIBLE: BRACKETS,
  KEY_OVER_1024_CHARS: 'a key is too long; perhaps a quote is not closed',
  MISSING_CHAR:
    'something is missing here: a space after a colon, a comma, a quote or a closing bracket',
  MULTILINE_IMPLICIT_KEY: 'a key must be on one line; perhaps a colon or a quote is missing',
  MULTIPLE_ANCHORS: 'a value has two anchors',
  MULTIPLE_DOCS: 'only one document may be in the file; remove the line ---',
  MULTIPLE_TAGS: 'a value has two tags',
  NON_STRING_KEY: 'a key must be text',
  RESOURCE_EXHAUSTION: 'it is nested too deeply',
  TAB_AS_INDENT: 'lines must be indented with spaces, not with tabs',
  UNEXPECTED_TOKEN: BRACKETS,
};

/** Mistakes beside which the rest of the text can still be read. */
const REST = {
  DUPLICATE_KEY: 'a key is duplicated',
  TAG_RESOLVE_FAILED: 'text that begins with ! must be in quotes',
} as const satisfies Partial<Record<ErrorCode, string>>;

/** The mistakes after which nothing can be said of the fields of a text. */
export const BROKEN_STRUCTURE: ReadonlySet<string> = new Set(Object.keys(STRUCTURE));

/** Says in plain words what is wrong with a text, by the parser's code. */
export function wordsOfYaml(code: ErrorCode): string {
  if (code in REST) return REST[code as keyof typeof REST];
  const reason = STRUCTURE[code as keyof typeof STRUCTURE] ?? BRACKETS;
  return `not valid YAML: ${reason}; the fields are checked once this is right`;
}
