import { holdfast } from './client';

/** The facts that the server tells everybody about itself. */
export interface Welcome {
  version: string;
  /** Paths, by what is there: `setup` while there is no admin, `github` where one can sign in by it. */
  links: Readonly<Record<string, string>>;
}

/** Reads it. Errors: those of the call. */
export async function readWelcome(signal?: AbortSignal): Promise<Welcome> {
  // The same path gives the dashboard to those who ask for a page.
  const headers = { Accept: 'application/json' };
  const { body } = await holdfast.request({ method: 'GET', path: '/', headers, signal });
  return body as Welcome;
}
