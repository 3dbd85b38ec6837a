import { holdfast } from './client';

/** Something as it was read, with the tag under which a change of it counts (ETag, If-Match). */
export interface Tagged<T> {
  body: T;
  tag: string;
}

/** Reads one thing with its tag. `path`: such as `/v1/pools/lab`. Errors: those of the call. */
export async function readTagged<T>(path: string, signal?: AbortSignal): Promise<Tagged<T>> {
  const { body, headers } = await holdfast.request<T>({ method: 'GET', path, signal });
  return { body, tag: tagIn(headers) };
}

/**
 * Changes one thing, provided that it still has the tag under which it was read. Errors: those of
 * the call; `PreconditionFailedError` if somebody else has changed it since.
 */
export async function patchTagged<T>(
  path: string,
  change: unknown,
  ifMatch: string,
): Promise<Tagged<T>> {
  const ask = { method: 'PATCH', path, body: change, ifMatch };
  const { body, headers } = await holdfast.request<T>(ask);
  return { body, tag: tagIn(headers) };
}

function tagIn(headers: Headers): string {
  return (headers.get('ETag') ?? '').replace(/^W\//, '').replaceAll('"', '');
}
