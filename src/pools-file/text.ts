import { parseDocument, type YAMLError } from 'yaml';
import { fieldError } from './problem';

/**
 * The value of a YAML or JSON text (JSON is YAML). Errors: ConfigError with the position. The parser's
 * own messages are not used: they quote the text, which may contain passwords.
 */
export function parseText(text: string, file: string): unknown {
  const document = parseDocument(text);
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) throw fieldError(file, [], described(problem));
  try {
    return document.toJS();
  } catch {
    throw fieldError(
      file,
      [],
      'not valid YAML: an alias without an anchor; text that begins with * must be in quotes',
    );
  }
}

function described(problem: YAMLError): string {
  const [position] = problem.linePos ?? [];
  const where = position ? ` (line ${position.line}, column ${position.col})` : '';
  if (problem.code === 'DUPLICATE_KEY') return `a key is duplicated${where}`;
  if (problem.code === 'TAG_RESOLVE_FAILED')
    return `text that begins with ! must be in quotes${where}`;
  return `not valid YAML: ${problem.code}${where}`;
}
