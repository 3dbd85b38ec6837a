import { Holdfast } from '../../../src/client';

export type { Schemas } from '../../../src/client';

let beforeWrite: () => Promise<void> = () => Promise.resolve();

/** Has `check` run before each call that may change something; the call is not made if it fails. */
export function checkBeforeWrites(check: () => Promise<void>): void {
  beforeWrite = check;
}

/** This server. The browser adds the cookie of the session by itself (docs/sessions.md). */
export const holdfast = new Holdfast({
  url: new URL('.', document.baseURI).href,
  // Shows over plain HTTP, too, that its own page makes the call.
  headers: { 'X-Requested-With': 'dashboard' },
  retryFor: 5_000,
  fetch: async (input, init) => {
    if (init?.method !== undefined && init.method !== 'GET') await beforeWrite();
    return fetch(input, init);
  },
});
