import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--allow-natives-syntax');

/**
 * Does V8 take both for one kind of object, whose layout it knows? Otherwise it looks fields up
 * slowly (docs/performance.md).
 */
// eslint-disable-next-line @typescript-eslint/no-implied-eval
export const isSameKind = new Function(
  'a',
  'b',
  'return %HaveSameMap(a, b) && %HasFastProperties(a)',
) as (a: object, b: object) => boolean;
