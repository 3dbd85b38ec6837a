import { hashToken } from '../../crypto/tokens';
import type { Kind } from '../../domain/pools/pool';
import type { CredentialSecret } from '../../drivers/driver';

/**
 * What to keep of a credential so that its resource is found by it: who holds a lent token names it
 * by its value, of which a hash is kept. null for any other.
 */
export function foundBy(kind: Kind, { token }: CredentialSecret): { valueHash: string } | null {
  return kind === 'token' && token !== undefined ? { valueHash: hashToken(String(token)) } : null;
}
