import { hashToken } from '../../crypto/tokens';
import type { Kind } from '../../domain/pools/pool';
import type { CredentialSecret } from '../../drivers/driver';

/**
 * The part of a credential by which its resource is found: the holder of a lent token names it by
 * its value, and a hash of that is stored. null for any other credential.
 */
export function foundBy(kind: Kind, { token }: CredentialSecret): { valueHash: string } | null {
  return kind === 'token' && token !== undefined ? { valueHash: hashToken(String(token)) } : null;
}
