import { hashToken } from '../../crypto/tokens';
import type { Kind } from '../../domain/pools/pool';
import type { CredentialSecret } from '../../drivers/driver';

/**
 * The lookup key that a token resource keeps of its credential. Holders of a lent token name it by
 * its value, and only a hash of that is stored. null for other kinds.
 */
export function foundBy(kind: Kind, { token }: CredentialSecret): { valueHash: string } | null {
  return kind === 'token' && token !== undefined ? { valueHash: hashToken(String(token)) } : null;
}
