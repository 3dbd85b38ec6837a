import type { ApiAbout } from '../openapi';

/** The beginning of the API document of v1. */
export const V1_API: ApiAbout = {
  title: 'Holdfast',
  description:
    'Lends scarce resources for a limited time, and gets every one of them back clean.\n\n' +
    'Bodies are JSON. Times are RFC 3339 in UTC, durations are seconds. Errors are problems ' +
    '(RFC 9457) with a stable `code`. Lists have pages: follow `Link`, or send `nextCursor` as ' +
    '`cursor`. A POST with an `Idempotency-Key` takes effect once, however often it is sent.',
  credentials: {
    bearer: { type: 'http', scheme: 'bearer', description: 'An API token, hf_…' },
    basic: { type: 'http', scheme: 'basic', description: 'E-mail address and password.' },
  },
};
