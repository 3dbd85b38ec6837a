import { LRUCache } from 'lru-cache';
import type { EventFeed } from '../../service/events/feed';

/** How many characters of texts are kept, and how many results of looks at a credential. */
const MOST_TEXT = 4 * 1024 * 1024;
const MOST_LOOKS = 1_000;

/** Made once for all streams of a feed that need the same. */
export interface SharedByStreams {
  /** The last texts, by what they tell. */
  texts: LRUCache<string, string>;
  /** Has a credential ended? By the credential and the number of the event that asks for a look. */
  looks: LRUCache<string, Promise<boolean>>;
}

const shared = new WeakMap<EventFeed, SharedByStreams>();

/** Gives the things that the streams of a feed share. */
export function sharedBy(feed: EventFeed): SharedByStreams {
  const known = shared.get(feed);
  if (known) return known;
  const made: SharedByStreams = {
    texts: new LRUCache({ maxSize: MOST_TEXT }),
    looks: new LRUCache({ max: MOST_LOOKS }),
  };
  shared.set(feed, made);
  return made;
}
