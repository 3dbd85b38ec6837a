import { Disclosure } from '../../parts/disclosure';
import { Time } from '../../parts/time';
import { Sentence } from './sentence';
import type { Event } from './sentences';

/** One event in a line, with its exact facts below on demand. */
export function EventLine({ event, onToggle }: { event: Event; onToggle: (is: boolean) => void }) {
  return (
    <Disclosure
      label={`the facts of event ${event.seq}`}
      onToggle={onToggle}
      line={
        <div class="event-line">
          <Time at={event.at} />
          <Sentence event={event} />
          <code class="event-type">{event.type}</code>
        </div>
      }
    >
      {() => <pre dir="ltr">{JSON.stringify(event, null, 2)}</pre>}
    </Disclosure>
  );
}
