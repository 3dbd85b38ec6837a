import { requireVersion } from '../../src/domain/errors';
import { codeOf } from './support/thrown';

test('a change based on an old version is refused; one based on none is not', () => {
  expect(codeOf(() => requireVersion('pool', [1, 3], 2))).toBe('precondition_failed');
  expect(codeOf(() => requireVersion('pool', [1, 2], 2))).toBeUndefined();
  expect(codeOf(() => requireVersion<number>('pool', null, 2))).toBeUndefined();
});
