import type { HeldResource } from '../client';

type Credentials = HeldResource['credentials'];

/** Fields of a credential that open nothing; any other may be the secret itself. */
const OPEN_FIELDS: readonly string[] = ['username', 'host', 'port', 'hostKey', 'publicKey'];
const MARK = '***';
/** A shorter line, such as the header of a key, is no secret by itself. */
const LEAST_LINE = 12;

/** The part of a credential that opens nothing: the name of the login, where it is. */
export function withoutSecrets(credentials: Credentials): Credentials {
  if (credentials === null) return null;
  const open = Object.entries(credentials).filter(([field]) => OPEN_FIELDS.includes(field));
  return Object.fromEntries(open);
}

/** Every spelling of the secrets of these resources that a program is likely to write. */
export function secretsOf(resources: readonly HeldResource[]): string[] {
  const values = resources.flatMap(({ credentials }) =>
    Object.entries(credentials ?? {})
      .filter(([field, value]) => !OPEN_FIELDS.includes(field) && String(value) !== '')
      .map(([, value]) => String(value)),
  );
  const spelled = values.flatMap(spellingsOf);
  // The longest first: one may be a part of another.
  return [...new Set(spelled)].sort((a, b) => b.length - a.length);
}

function spellingsOf(value: string): string[] {
  const lines = value.split(/\r?\n/).filter((line) => line.length >= LEAST_LINE);
  const bytes = Buffer.from(value);
  return [
    ...[value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)],
    ...[bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('hex')],
    ...lines,
  ];
}

/** A text with each of these secrets replaced. */
export function redacted(text: string, secrets: readonly string[]): string {
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, MARK), text);
}

/** The end of what a program writes, of bounded length, without secrets. */
export class BoundedOutput {
  private readonly parts: Buffer[] = [];
  private size = 0;
  private isCut = false;
  private readonly longest: number;

  /** `limit`: the longest text that is given, in characters. */
  constructor(
    private readonly secrets: readonly string[],
    private readonly limit: number,
  ) {
    this.longest = Math.max(0, ...secrets.map((secret) => Buffer.byteLength(secret)));
  }

  add(part: Buffer): void {
    this.parts.push(part);
    this.size += part.length;
    while (this.size - this.parts[0]!.length > this.limit + this.longest) {
      this.size -= this.parts.shift()!.length;
      this.isCut = true;
    }
  }

  /** The text so far; `truncated`: its beginning is missing. */
  read(): { text: string; truncated: boolean } {
    const whole = redacted(Buffer.concat(this.parts).toString(), this.secrets);
    // Where parts are missing, it may begin within a secret.
    const sure = this.isCut ? whole.slice(this.longest) : whole;
    const truncated = this.isCut || sure.length > this.limit;
    return { text: sure.length > this.limit ? sure.slice(-this.limit) : sure, truncated };
  }
}
