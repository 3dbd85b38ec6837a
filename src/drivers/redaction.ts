/** Stands for a secret in a log. */
const HIDDEN = '[secret]';
/** The line lengths of `base64` and of PEM files. */
const WRAPPED_AT = [76, 64];
/** A shorter line of a secret with several lines says nothing, and may be a word of any text. */
const SHORTEST_LINE = 8;

/**
 * Gives a function that hides these secrets in a text, also in the forms that scripts print: as JSON,
 * URL-encoded, in base64 and base64url wherever they begin in it, in hex, and line by line. A form
 * that is encoded twice, or cut to pieces, stays visible.
 */
export function hiding(secrets: readonly string[]): (text: string) => string {
  const forms = [...new Set(secrets.filter((secret) => secret !== '').flatMap(formsOf))]
    .filter((form) => form !== '')
    .sort((a, b) => b.length - a.length);
  return (text) => forms.reduce((hidden, form) => hidden.replaceAll(form, HIDDEN), text);
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const url = encodeURIComponent(secret.toWellFormed());
  const hex = bytes.toString('hex');
  const lines = secret.split(/\r?\n/);
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    url,
    url.replaceAll('%20', '+'),
    url.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    hex,
    hex.toUpperCase(),
    ...base64Of(bytes),
    ...(lines.length > 1 ? lines.filter((line) => line.length >= SHORTEST_LINE) : []),
  ];
}

/** The characters that depend on the secret alone, for each place where it can begin in a triple. */
function base64Of(bytes: Buffer): string[] {
  if (bytes.length < 3) return [bytes.toString('base64'), bytes.toString('base64url')];
  const shifted = [0, 1, 2].map((shift) => {
    const padded = Buffer.concat([Buffer.alloc(shift), bytes]);
    const end = Math.floor((padded.length * 8) / 6);
    return padded.toString('base64').slice(Math.ceil((shift * 8) / 6), end);
  });
  const [whole = ''] = shifted;
  const wrapped = WRAPPED_AT.filter((width) => whole.length > width).flatMap(
    (width) => whole.match(new RegExp(`.{${SHORTEST_LINE},${width}}`, 'g')) ?? [],
  );
  const all = [...shifted, ...wrapped].filter((form) => form.length >= 3);
  return [...all, ...all.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))];
}
