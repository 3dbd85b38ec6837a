/** `next`: made, not yet proven. `retiring`: replaced, not yet proven dead. */
export type CredentialState = 'next' | 'current' | 'retiring';

/** A static credential of a resource; its id is that of the operation that issued it. */
export interface Credential {
  id: string;
  resourceId: string;
  state: CredentialState;
  sealed: string;
  createdAt: number;
}
