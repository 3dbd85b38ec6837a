import type { DomainError } from '../../domain/errors';
import { spelled } from '../../domain/field';
import { RequestError } from '../request-error';

/** The names that v1's callers use, if the domain has others. */
const WIRE_NAMES: Readonly<Record<string, string>> = {
  duration: 'durationSeconds',
  extension: 'extendSeconds',
  idempotencyKey: 'Idempotency-Key',
  version: 'If-Match',
};

/** The field at fault as v1's callers know it; undefined where no single one is. */
export function wireField(error: DomainError): string | undefined {
  if (error instanceof RequestError) return error.field;
  if (error.field === undefined) return undefined;
  const field = spelled(error.field);
  return WIRE_NAMES[field] ?? field;
}
