import type { Answer } from './route';

/** The path of the address at which users reach this server, without a slash at its end. */
export function pathBelow(publicUrl: string | undefined): string {
  return publicUrl === undefined ? '' : new URL(publicUrl).pathname.replace(/\/+$/, '');
}

/** The same answer with its links to this server below `base`: a proxy passes them on as they are. */
export function below(base: string, answer: Answer): Answer {
  const { Location, Link } = answer.headers ?? {};
  if (base === '' || (Location === undefined && Link === undefined)) return answer;
  const headers = { ...answer.headers };
  if (Location?.startsWith('/')) headers.Location = base + Location;
  if (Link !== undefined) headers.Link = Link.replace(/^<\//, `<${base}/`);
  return { ...answer, headers };
}
