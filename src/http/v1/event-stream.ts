import type { Principal } from '../../domain/people/user';
import type { EventQuery } from '../../service/events/events';
import { seesWhole, shownTo } from '../../service/events/events';
import type { Told } from '../../service/events/listener';
import { RequestError } from '../request-error';
import type { Answer, Call } from '../route';
import { eventAnswer } from '../../service/events/event-answer';
import { sharedBy } from './shared-by-streams';

type StreamCall = Pick<
  Call<unknown, unknown, unknown>,
  'services' | 'principal' | 'header' | 'signal'
>;

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  // nginx would hold the pieces back.
  'X-Accel-Buffering': 'no',
};
const SLOW = 'you read too slowly; connect again with Last-Event-ID';
const ENDED = 'the credential has ended';

/**
 * Answers with the events to come, as server-sent events; with Last-Event-ID, from there on. It ends
 * with the caller's credential. Errors: `invalid`, and those of `Events.filterOf`.
 */
export async function eventStream(call: StreamCall, query: EventQuery): Promise<Answer> {
  const { services, principal } = call;
  const after = lastSeen(call.header('Last-Event-ID'), query);
  const filter = await services.events.filterOf(principal, query);
  const signal = services.waiting.orStopping(call.signal());
  const { told, lost } = services.feed.follow(filter, after, principal.userId, signal);
  return { status: 200, headers: HEADERS, stream: toldTo(call, told), lost };
}

/** Without the number of an event, a time to begin at leads back to all since then. */
function lastSeen(header: string | undefined, { since }: EventQuery): number | null {
  if (header === undefined || header === '') return since === undefined ? null : 0;
  if (!/^\d{1,15}$/.test(header))
    throw new RequestError('invalid', 'Last-Event-ID is the number of an event.', 'Last-Event-ID');
  return Number(header);
}

async function* toldTo(call: StreamCall, told: AsyncGenerator<Told[]>): AsyncGenerator<string> {
  for await (const batch of told) {
    if (await hasEnded(call, batch)) {
      yield comment(ENDED);
      return;
    }
    const text = textOf(call, batch);
    if (text) yield text;
  }
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

function comment(text: string): string {
  return `: ${text}\n\n`;
}

/** Looks again where the user or a token has changed, at each beat, and when the time is over. */
async function hasEnded(call: StreamCall, batch: Told[]): Promise<boolean> {
  const { services, principal } = call;
  if (services.authentication.hasExpired(principal)) return true;
  if (batch.includes('recheck') || batch.includes('beat')) return look(call);
  const changed = Math.max(...batch.map(changeIn));
  return changed > 0 && lookAfter(call, changed);
}

/** The number of the event with which the user or a token has changed; 0: of none. */
function changeIn(told: Told): number {
  return typeof told === 'object' && 'changedBy' in told ? told.changedBy : 0;
}

/** One look for all streams of a credential: each event that changes something asks for another. */
function lookAfter(call: StreamCall, seq: number): Promise<boolean> {
  const { userId, apiTokenId, role, passwordVersion, session } = call.principal;
  const { looks } = sharedBy(call.services.feed);
  const key = [userId, apiTokenId, session?.id, role, passwordVersion, seq].join();
  const ended = looks.get(key) ?? look(call);
  looks.set(key, ended);
  return ended;
}

function look({ services, principal }: StreamCall): Promise<boolean> {
  return services.authentication.recheck(principal).then(
    () => false,
    () => true,
  );
}
