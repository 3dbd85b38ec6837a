import { inWords } from '../duration';
import { present, skew } from '../now-signal';
import { Time } from '../time';
import '../../styles/loans.css';

interface TimeLeftProps {
  /** RFC 3339. */
  startsAt: string | null;
  /** RFC 3339; null: the loan has no end. */
  endsAt: string | null;
  /** How far the clock of the server is ahead of this machine's, in ms. */
  ahead?: number;
  /** Does the end come soon? */
  isEnding?: boolean;
}

/** How much is left of a loan, as a bar and in words. */
export function TimeLeft({ startsAt, endsAt, ahead = skew.value, isEnding }: TimeLeftProps) {
  if (endsAt === null) return <span>no end</span>;
  const left = msLeft(endsAt, ahead);
  const whole = Date.parse(endsAt) - Date.parse(startsAt ?? endsAt);
  return (
    <span class={isEnding ? 'time-left ending' : 'time-left'}>
      <progress aria-label="Time left" max={Math.max(whole, 1)} value={Math.min(left, whole)} />
      <span class="time-left-words">
        {left === 0 ? 'over' : `${inWords(left)} left`}
        {', '}
        <span class="hint">
          until <Time at={endsAt} as="clock" />
        </span>
      </span>
    </span>
  );
}

/** Ms until an instant (RFC 3339), by the clock of the server; 0 once it has passed. */
export function msLeft(instant: string, ahead: number): number {
  return Math.max(0, Date.parse(instant) - serverNow(ahead));
}

/** The time by the clock of the server, in epoch ms. Its readers are shown anew each second. */
export function serverNow(ahead: number): number {
  // In a hidden page, `present` stands still.
  return Math.max(present.value, Date.now()) + ahead;
}
