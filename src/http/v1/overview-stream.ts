import { isAdmin, type Principal } from '../../domain/people/user';
import type { Word } from '../../service/events/inbox';
import type { OverviewNews } from '../../service/overview/overview-feed';
import type { Answer } from '../route';
import { allText, roundText } from './overview-texts';
import { comment, streamAnswer, type Piece, type StreamCall } from './stream-answer';

const SLOW = 'you read too slowly; connect again';

/** Answers with all pools and then what changes, as server-sent events. */
export function overviewStream(call: StreamCall): Answer {
  const { services, principal } = call;
  const signal = services.waiting.orStopping(call.signal());
  const following = services.overview.follow(principal.userId, signal);
  return streamAnswer(call, following, (batch) => pieceOf(principal, batch));
}

function pieceOf(principal: Principal, batch: readonly (OverviewNews | Word)[]): Piece {
  const pieces = batch.map((news) => textOf(principal, news));
  return pieces.length === 1
    ? pieces[0]!
    : Buffer.concat(pieces.map((piece) => Buffer.from(piece)));
}

function textOf(principal: Principal, news: OverviewNews | Word): Piece {
  if (news === 'beat') return comment('beat');
  if (news === 'slow') return comment(SLOW);
  if (news === 'recheck' || 'changedBy' in news) return '';
  const forAdmins = isAdmin(principal);
  if ('all' in news) return allText(news.all, forAdmins);
  return roundText(news.round, forAdmins, principal.userId);
}
