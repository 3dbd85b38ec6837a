import { z } from 'zod';
import { isOneLine, isPlainText } from '../domain/plain-text';

/** A name or a label, which is shown in terminals and logs. `max`: UTF-16 units. */
export function oneLine(max: number) {
  return z.string().max(max).refine(isOneLine, {
    error: 'must be one line, without control characters and without any that turn text around',
  });
}

/** A note, which may have several lines. `max`: UTF-16 units. */
export function plainText(max: number) {
  return z.string().max(max).refine(isPlainText, { error: 'must have no control characters' });
}
