import type { Following, Word } from '../../service/events/inbox';
import type { Answer, Call } from '../route';
import { sharedBy } from './shared-by-streams';

/** The parts of a call by which a stream is made. */
export type StreamCall = Pick<
  Call<unknown, unknown, unknown>,
  'services' | 'principal' | 'header' | 'signal'
>;

/** A piece of a stream; an empty text is not sent. */
export type Piece = string | Uint8Array;

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  // nginx would hold the pieces back.
  'X-Accel-Buffering': 'no',
};
const ENDED = 'the credential has ended';

/**
 * Answers with what is told, as server-sent events; it ends with the caller's credential. `pieceOf`
 * writes what is told at once.
 */
export function streamAnswer<News extends object>(
  call: StreamCall,
  { told, lost }: Following<News>,
  pieceOf: (batch: readonly (News | Word)[]) => Piece,
): Answer {
  return { status: 200, headers: HEADERS, stream: piecesOf(call, told, pieceOf), lost };
}

/** A line that readers skip. */
export function comment(text: string): string {
  return `: ${text}\n\n`;
}

async function* piecesOf<News extends object>(
  call: StreamCall,
  told: AsyncGenerator<(News | Word)[]>,
  pieceOf: (batch: readonly (News | Word)[]) => Piece,
): AsyncGenerator<Piece> {
  for await (const batch of told) {
    if (await hasEnded(call, batch)) {
      yield comment(ENDED);
      return;
    }
    const piece = pieceOf(batch);
    if (piece.length > 0) yield piece;
  }
}

/** Looks again where the user or a token has changed, at each beat, and when the time is over. */
async function hasEnded(call: StreamCall, batch: readonly (object | Word)[]): Promise<boolean> {
  const { services, principal } = call;
  if (services.authentication.hasExpired(principal)) return true;
  if (batch.includes('recheck') || batch.includes('beat')) return look(call);
  const changed = Math.max(...batch.map(changeIn));
  return changed > 0 && lookAfter(call, changed);
}

/** The number of the event with which the user or a token has changed; 0: of none. */
function changeIn(told: object | Word): number {
  return typeof told === 'object' && 'changedBy' in told ? (told.changedBy as number) : 0;
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
