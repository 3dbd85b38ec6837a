import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Notes of the driver stand in the account itself, where a holder may write, too. Each is signed
 * under the key of the administration, so that a holder can only remove it, or bring back an older.
 */
export function signed(note: object, adminKey: string): string {
  const text = JSON.stringify(note);
  return `${text}\n${signature(text, adminKey)}`;
}

/** The note in a text; null if there is none that was signed with this key. */
export function noteIn<T>(text: string | undefined, adminKey: string): T | null {
  const [note = '', given = ''] = (text ?? '').split('\n');
  const expected = Buffer.from(signature(note, adminKey));
  const found = Buffer.from(given);
  if (expected.length !== found.length || !timingSafeEqual(expected, found)) return null;
  return JSON.parse(note) as T;
}

function signature(text: string, adminKey: string): string {
  return createHmac('sha256', adminKey).update(`holdfast note ${text}`).digest('base64url');
}
