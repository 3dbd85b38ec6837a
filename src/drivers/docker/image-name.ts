/** A repository and one tag or digest in it, as an engine takes them apart. */
export interface ImageName {
  repository: string;
  tag: string;
}

/**
 * The letters of an image's name or id. It becomes part of a path at the engine, so nothing in it may
 * lead elsewhere.
 */
export const IMAGE_NAME = /^(?!.*\.\.)[A-Za-z0-9][\w.:/@-]{0,511}$/;

/** The registry of a name that begins with none. */
const USUAL_REGISTRY = 'docker.io';

/** Takes an image's name apart. Without a tag it is `latest`: an engine would fetch all of them. */
export function imageNameOf(image: string): ImageName {
  const digest = image.indexOf('@');
  if (digest > 0)
    return { repository: withoutTag(image.slice(0, digest)), tag: image.slice(digest + 1) };
  const repository = withoutTag(image);
  return { repository, tag: image.slice(repository.length + 1) || 'latest' };
}

/** The host, and the port if there is one, of the registry that an image comes from. */
export function registryOf(image: string): string {
  const [first = '', ...rest] = image.split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  return isHost ? first : USUAL_REGISTRY;
}

function withoutTag(image: string): string {
  const colon = image.lastIndexOf(':');
  return colon > image.lastIndexOf('/') ? image.slice(0, colon) : image;
}
