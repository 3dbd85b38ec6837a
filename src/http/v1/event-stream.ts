import type { Principal } from '../../domain/people/user';
import type { EventQuery } from '../../service/events/events';
import { seesWhole, shownTo } from '../../service/events/events';
import type { Told } from '../../service/events/listener';
import { RequestError } from '../request-error';
import type { Answer } from '../route';
import { eventAnswer } from '../../service/events/event-answer';
import { sharedBy } from './shared-by-streams';
import { comment, streamAnswer, type StreamCall } from './stream-answer';

const SLOW = 'you read too slowly; connect again with Last-Event-ID';

/**
 * Answers with the events to come, as server-sent events; with Last-Event-ID, from there on. It ends
 * with the caller's credential. Errors: `invalid`, and those of `Events.filterOf`.
 */
export async function eventStream(call: StreamCall, query: EventQuery): Promise<Answer> {
  const { services, principal } = call;
  const after = lastSeen(call.header('Last-Event-ID'), query);
  const filter = await services.events.filterOf(principal, query);
  const signal = services.waiting.orStopping(call.signal());
  const following = services.feed.follow(filter, after, principal.userId, signal);
  return streamAnswer(call, following, (batch) => textOf(call, batch));
}

/** Without the number of an event, a time to begin at leads back to all since then. */
function lastSeen(header: string | undefined, { since }: EventQuery): number | null {
  if (header === undefined || header === '') return since === undefined ? null : 0;
  if (!/^\d{1,15}$/.test(header))
    throw new RequestError('invalid', 'Last-Event-ID is the number of an event.', 'Last-Event-ID');
  return Number(header);
}

/** Listeners who see the same share a text. */
function textOf({ services, principal }: StreamCall, batch: readonly Told[]): string {
  const { texts } = sharedBy(services.feed);
  const key = batch.map((told) => keyOf(principal, told)).join();
  const known = texts.get(key);
  if (known !== undefined) return known;
  const text = batch.map((told) => blockOf(principal, told)).join('');
  texts.set(key, text, { size: text.length + 1 });
  return text;
}

/** An event is the same for all who see it whole, and for all others. */
function keyOf(principal: Principal, told: Told): string {
  if (typeof told === 'string') return told;
  if ('upTo' in told) return `after ${told.upTo}`;
  if ('changedBy' in told) return '';
  return `${told.seq}${seesWhole(principal, told) ? '' : ' in part'}`;
}

function blockOf(principal: Principal, told: Told): string {
  if (told === 'recheck') return '';
  if (told === 'beat') return comment('beat');
  if (told === 'slow') return comment(SLOW);
  // The caller learns that the stream is open, and where to go on if it is cut before any event.
  if ('upTo' in told) return `id: ${told.upTo}\n${comment('following')}`;
  if ('changedBy' in told) return '';
  const data = JSON.stringify(eventAnswer(shownTo(principal, told)));
  return `id: ${told.seq}\nevent: ${told.type}\ndata: ${data}\n\n`;
}
