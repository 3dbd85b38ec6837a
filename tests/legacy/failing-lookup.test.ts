import { DomainError } from '../../src/domain/errors';
import { describeServer, expectRefused, type LegacyServer } from '../helpers/legacy';
import { problem, type Caller } from '../helpers/server';

const BUSY = 'The database is busy; try again.';
type Method = 'get' | 'post' | 'delete';

/** Calls of the VM reservation API that need no credential but look at one that is presented. */
const VM_READS: [Method, string][] = [
  ['get', '/vmdetails'],
  ['get', '/vmdetails/types/all'],
  ['get', '/vmpoolsize'],
  ['get', '/maintenance'],
  ['get', '/truncate_tables'],
];

/** Calls of every API that take a credential in guarded mode, and what the answer names an error. */
const GUARDED: [method: Method, path: string, field: string][] = [
  ['post', '/reservations', 'error'],
  ['get', '/available', 'error'],
  ['get', '/reserve?username=ann', 'error'],
  ['post', '/api/block_token/', 'error'],
  ['get', '/accounts?username=ann', 'error'],
  ['get', '/user', 'message'],
  ['post', '/checkout_vm', 'message'],
];

/** Makes every look-up of a token fail until the test is over. */
function failLookups(server: LegacyServer, error: Error): void {
  jest.spyOn(server.test.engine.store.read, 'tokenByHash').mockRejectedValue(error);
}

const busy = () => new DomainError('busy', BUSY);
const withToken = (caller: Caller, method: Method, path: string) =>
  caller[method](path).set('Authorization', 'Bearer an-old-secret');

afterEach(() => jest.restoreAllMocks());

describe.each(['open', 'guarded'] as const)('in %s mode', (mode) => {
  describeServer('a credential that cannot be looked up', { mode, jobs: false }, (server) => {
    test.each(VM_READS)('does not make the caller anonymous: %s %s', async (method, path) => {
      failLookups(server(), busy());
      const call = withToken(server().anybody, method, path);
      expect((await expectRefused(server(), call, 503)).body).toEqual({ message: BUSY });
    });

    test.each(VM_READS)('is our failure where it breaks: %s %s', async (method, path) => {
      failLookups(server(), new Error('broken'));
      const call = withToken(server().anybody, method, path);
      expect((await expectRefused(server(), call, 500)).body).toEqual(problem(500, 'internal'));
      const { logged } = server().server;
      expect(logged.splice(0).filter(({ level }) => level === 'error')).toHaveLength(1);
    });

    test('is another matter than one that is refused, which is a 401', async () => {
      await withToken(server().anybody, 'get', '/vmpoolsize').expect(401);
    });
  });
});

describeServer(
  'a credential that cannot be looked up',
  { mode: 'guarded', jobs: false },
  (server) => {
    test.each(GUARDED)('is a 503 in the words of the API: %s %s', async (method, path, field) => {
      failLookups(server(), busy());
      const call = withToken(server().anybody, method, path);
      expect((await expectRefused(server(), call, 503)).body).toEqual({ [field]: BUSY });
    });

    test.each(GUARDED)(
      'tells its cause in the log, and only there: %s %s',
      async (method, path) => {
        const full = new Error('the disk is full');
        failLookups(server(), new DomainError('busy', BUSY, undefined, { cause: full }));
        const call = withToken(server().anybody, method, path);
        const { headers, text } = await expectRefused(server(), call, 503);
        expect(text).not.toContain('disk');
        const { logged } = server().server;
        expect(logged.splice(0).filter(({ level }) => level === 'error')).toEqual([
          {
            level: 'error',
            message: 'request failed',
            err: full,
            requestId: headers['x-request-id'],
          },
        ]);
      },
    );
  },
);
