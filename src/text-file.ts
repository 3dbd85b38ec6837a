/** The byte order marks of UTF-8 and UTF-16 (Unicode 16, 23.8), and the encoding that each means. */
const MARKS: [mark: number[], encoding: string][] = [
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
];

/**
 * The text of a file that people write: UTF-8, or UTF-16 if a byte order mark says so, as some
 * Windows editors save it. The mark is left out. Errors: one with the code ERR_ENCODING_INVALID_ENCODED_DATA.
 */
export function textOf(bytes: Uint8Array): string {
  const [, encoding] = MARKS.find(([mark]) => mark.every((byte, at) => bytes[at] === byte)) ?? [
    [],
    'utf-8',
  ];
  return new TextDecoder(encoding, { fatal: true }).decode(bytes);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  EISDIR: 'it is a directory, not a file',
  ENOTDIR: 'a part of its path is not a directory',
  EACCES: 'this user has no permission',
  EPERM: 'this user has no permission',
  EROFS: 'the disk can only be read',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not text in UTF-8 or UTF-16; save it as UTF-8',
};

/** Says in plain words why a file cannot be used: `ENOENT: it does not exist`. */
export function reasonOf(error: unknown): string {
  const { code = 'unknown error' } = error as NodeJS.ErrnoException;
  const reason = REASONS[code];
  if (reason === undefined) return code;
  // The codes of the system are well known, and those of Node are long.
  return code.startsWith('ERR_') ? reason : `${code}: ${reason}`;
}
