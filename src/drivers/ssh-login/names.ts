import { createHash } from 'node:crypto';

/** Ten hexadecimal digits of a hash, to represent an id in names that must be short. */
export function shortId(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 10);
}

/** A valid host name made of `name`: letters, digits and hyphens, at most 40, or else `other`. */
export function hostName(name: string, other: string): string {
  const plain = name.replace(/[^A-Za-z0-9-]+/g, '-').slice(0, 40);
  return plain.replace(/^-+|-+$/g, '') || other;
}
