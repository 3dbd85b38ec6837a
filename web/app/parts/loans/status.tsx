import { Badge } from '../badge';
import { ENDINGS, type Reservation } from './words';

const GOOD = ['released', 'expired', 'cancelled'];

/** The status of a reservation, in a word. */
export function Status({ of }: { of: Pick<Reservation, 'status' | 'endReason'> }) {
  const { status, endReason } = of;
  if (status === 'queued') return <Badge kind="warn">waiting</Badge>;
  if (status === 'preparing') return <Badge kind="warn">access being opened</Badge>;
  if (status === 'active') return <Badge kind="good">lent</Badge>;
  const words = endReason === null ? 'ended' : ENDINGS[endReason];
  return <Badge kind={GOOD.includes(endReason ?? '') ? 'plain' : 'bad'}>{words}</Badge>;
}
