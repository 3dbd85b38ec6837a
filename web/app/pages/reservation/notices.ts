import { useEffect, useRef } from 'preact/hooks';
import { inWords } from '../../parts/duration';
import { msLeft, serverNow } from '../../parts/loans/time-left';
import { ENDINGS } from '../../parts/loans/words';
import { holdfast } from '../../server/client';
import { readWhileHidden } from '../../server/held-calls';
import { isPending, type Loan } from './loan';
import { notify } from './notify-button';

interface Shown {
  loan: Loan;
  name: string;
  /** When the end is announced, in epoch ms by the server's clock; null: never. */
  warnsAt: number | null;
}

/** The ends that its user has asked for. */
const OWN_ENDS = ['released', 'cancelled'];

/**
 * Tells once that a loan is there, or that the request got none, if it was waited for on this page;
 * and that a loan has ended that its user did not release.
 */
export function useArrival(loan: Loan, name: string, hasWaited: boolean): void {
  const { id, status, endReason, endDetail } = loan;
  const before = useRef(status);
  useEffect(() => {
    if (hasWaited && status === 'active') notify(id, `${name} is yours`, 'The loan has begun.');
    const hasEnded = status === 'ended' && before.current !== 'ended';
    if (hasEnded && endReason && !OWN_ENDS.includes(endReason))
      notify(id, `${name}: ${ENDINGS[endReason]}`, endDetail ?? 'It has ended.');
    before.current = status;
  }, [status]);
}

/** Keeps the title of the document true, which is all that is seen of a page in a hidden tab. */
export function useTitle(shown: Shown & { hasWaited: boolean }): void {
  const title = titleOf(shown);
  useEffect(() => {
    document.title = `${title} · Holdfast`;
  }, [title]);
  useEffect(() => () => void (document.title = 'Loan · Holdfast'), []);
}

function titleOf({ loan, name, hasWaited, warnsAt }: Shown & { hasWaited: boolean }): string {
  const { status, endsAt, endReason, position, ahead } = loan;
  if (status === 'queued') return position === null ? `Waiting: ${name}` : `#${position}: ${name}`;
  if (status === 'preparing') return `Waiting: ${name}`;
  if (status === 'ended') return `${name}: ${endReason ? ENDINGS[endReason] : 'ended'}`;
  if (warnsAt !== null && serverNow(ahead) >= warnsAt)
    return `⚠ ${inWords(msLeft(endsAt!, ahead))} left: ${name}`;
  return hasWaited ? `● ${name} is yours` : name;
}

/** The pause after a failure, in ms. */
const PAUSE = 10_000;
/** The longest timer of a browser, in ms. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Reads a loan at the moments that matter although the page is hidden and hears of no changes: when
 * a request is served, when the end comes near, and at the end.
 */
export function useWhileHidden({ loan, name, warnsAt, again }: Shown & { again: () => void }) {
  useEffect(() => {
    if (!isPending(loan)) return;
    const over = new AbortController();
    void waitHidden(loan.id, loan.status, over.signal).then(again, () => undefined);
    return () => over.abort();
  }, [loan.id, loan.status]);
  const read = useRef(again);
  read.current = again;
  const end = loan.status === 'active' && loan.endsAt !== null ? Date.parse(loan.endsAt) : null;
  useEffect(() => {
    const timers = [warnsAt, end].map((at) => timerAt(at, loan.ahead, () => read.current()));
    return () => timers.forEach(clearTimeout);
  }, [warnsAt, end]);
  const told = useRef<number | null>(null);
  useEffect(() => {
    if (end === null || warnsAt === null || serverNow(loan.ahead) < warnsAt) return;
    if (told.current === end) return;
    told.current = end;
    notify(
      loan.id,
      `${name} ends soon`,
      `It ends in ${inWords(msLeft(loan.endsAt!, loan.ahead))}.`,
    );
  }, [end, loan]);
}

function timerAt(at: number | null, ahead: number, run: () => void): number | undefined {
  if (at === null) return undefined;
  const ms = at - ahead - Date.now();
  // One that is over was told when the page was read.
  return ms < 0 || ms > LONGEST_TIMER ? undefined : setTimeout(run, ms);
}

/** Waits until a request has another status. Errors: once `signal` aborts. */
async function waitHidden(id: string, status: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    await hidden(signal);
    try {
      const found = await readWhileHidden((wait) =>
        holdfast.reservations.get(id, { wait, signal }),
      );
      if (found.status !== status) return;
    } catch (error) {
      if (signal.aborted) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}

/** Waits until nobody sees the page. Errors: once `signal` aborts. */
function hidden(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (document.visibilityState === 'hidden') resolve();
    };
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    document.addEventListener('visibilitychange', look, { signal });
    look();
  });
}
