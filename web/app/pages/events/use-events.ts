import { useEffect, useRef, useState } from 'preact/hooks';
import { holdfast } from '../../server/client';
import { connection } from '../../server/overview';
import { noteRefusal } from '../../server/session';
import { EventFeed, type Filter, type Shown } from './event-feed';

/** The events of a filter as they are shown, and the ways to see more of them. */
export interface Events extends Shown {
  isPaused: boolean;
  pause: (isPaused: boolean) => void;
  /** Shows the events that were held back. */
  showNew: () => void;
  /** Reads older ones. */
  more: () => void;
  again: () => void;
  /** The reader has opened or closed something in the list. */
  noteReading: (isReading: boolean) => void;
}

const NOTHING: Shown = { items: null, held: 0, hasMore: false, failure: null };
/** The reader has scrolled if the page is further down than so many px. */
const TOP = 120;

/** Follows the events of a filter; `until` in it: only those of the past. */
export function useEvents(filter: Filter): Events {
  const key = JSON.stringify(filter);
  const [shown, setShown] = useState<Shown>(NOTHING);
  const [isPaused, pause] = useState(false);
  const reading = useRef({ isPaused, open: 0 });
  reading.current.isPaused = isPaused;
  const feed = useRef<EventFeed>(null!);
  const mayShow = () => !reading.current.isPaused && reading.current.open === 0 && scrollY <= TOP;
  useEffect(() => {
    reading.current.open = 0;
    setShown(NOTHING);
    const own = new EventFeed(holdfast, filter, mayShow, (now) => {
      noteRefusal(now.failure);
      setShown(now);
    });
    feed.current = own;
    void own.load();
    const onScroll = () => own.offer();
    addEventListener('scroll', onScroll, { passive: true });
    return () => {
      removeEventListener('scroll', onScroll);
      own.end();
    };
  }, [key]);
  const isAway = connection.value === 'paused';
  useEffect(() => {
    if (isAway) feed.current.rest();
    else feed.current.follow();
  }, [key, isAway]);
  useEffect(() => feed.current.offer(), [isPaused]);
  return {
    ...shown,
    isPaused,
    pause,
    showNew: () => {
      scrollTo({ top: 0 });
      feed.current.showNew();
    },
    more: () => void feed.current.more(),
    again: () => void feed.current.load(),
    noteReading: (isReading) => {
      reading.current.open += isReading ? 1 : -1;
      feed.current.offer();
    },
  };
}
