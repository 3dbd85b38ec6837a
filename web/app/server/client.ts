import { Holdfast } from '../../../src/client';

export type { Schemas } from '../../../src/client';

/** This server. The browser adds the cookie of the session by itself (docs/sessions.md). */
export const holdfast = new Holdfast({
  url: new URL('.', document.baseURI).href,
  // Shows over plain HTTP, too, that its own page makes the call.
  headers: { 'X-Requested-With': 'dashboard' },
  retryFor: 5_000,
});
