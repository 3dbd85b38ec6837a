/** Secrets that were let loose, by what they are, and where they must not be found. */
export class Canaries {
  private readonly loose = new Map<string, string>();

  constructor(known: Record<string, string>) {
    for (const [what, secret] of Object.entries(known)) this.add(what, secret);
  }

  add(what: string, secret: string): void {
    if (secret.length < 8) throw new Error(`${what} is too short to be looked for.`);
    this.loose.set(what, secret);
  }

  get size(): number {
    return this.loose.size;
  }

  /** Which secret is where, in sentences. */
  foundIn(aad: ReadonlyMap<string, Buffer>): string[] {
    const sought = [...this.loose].flatMap(([what, secret]) =>
      [...formsOf(secret)].map(([form, bytes]) => ({
        what: form === 'as it is' ? what : `${what} (${form})`,
        bytes,
      })),
    );
    return [...aad].flatMap(([where, content]) =>
      sought
        .filter(({ bytes }) => content.includes(bytes))
        .map(({ what }) => `${what} in ${where}`),
    );
  }
}

/** A secret as other ways of writing spell it; each spelling once. */
export function formsOf(secret: string): Map<string, Buffer> {
  const inJson = within(JSON.stringify(secret));
  const texts: Record<string, string> = {
    'as it is': secret,
    'in JSON': inJson,
    'in JSON in JSON': within(JSON.stringify(inJson)),
    'in ASCII JSON': inJson.replace(
      /[^ -~]/g,
      (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
    'in a URL': encodeURIComponent(secret),
    'in a form': new URLSearchParams({ x: secret }).toString().slice(2),
  };
  const forms = Object.entries(texts).map(([form, text]) => [form, Buffer.from(text)] as const);
  const coded = forms.flatMap(([form, bytes]) =>
    encoded(bytes).map(
      ([how, other]) => [form === 'as it is' ? how : `${form}, ${how}`, other] as const,
    ),
  );
  const seen = new Set<string>();
  return new Map(
    [...forms, ...coded].filter(
      ([, bytes]) => !seen.has(bytes.toString('latin1')) && seen.add(bytes.toString('latin1')),
    ),
  );
}

function encoded(bytes: Buffer): [how: string, bytes: Buffer][] {
  const hex = bytes.toString('hex');
  // In a longer text, base64 depends on the position: three ways.
  const base64 = ([0, 1, 2] as const).flatMap((before) =>
    (['base64', 'base64url'] as const).map(
      (kind) =>
        [`${kind} after ${before}`, Buffer.from(middleOf(bytes, before, kind))] as [string, Buffer],
    ),
  );
  return [
    ['in hex', Buffer.from(hex)],
    ['in capital hex', Buffer.from(hex.toUpperCase())],
    ['in UTF-16', Buffer.from(bytes.toString(), 'utf16le')],
    ...base64,
  ];
}

function within(quoted: string): string {
  return quoted.slice(1, -1);
}

/** The letters of a base64 text that depend only on these bytes, `before` bytes into it. */
function middleOf(bytes: Buffer, before: number, encoding: 'base64' | 'base64url'): string {
  const text = Buffer.concat([Buffer.alloc(before), bytes]).toString(encoding);
  const whole = Math.floor(((before + bytes.length) * 8) / 6);
  return text.slice(Math.ceil((before * 8) / 6), whole);
}
