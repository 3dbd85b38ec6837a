import { useState } from 'preact/hooks';
import { Button } from '../../parts/button';
import { inWords } from '../../parts/duration';
import { EndDialog } from '../../parts/loans/end-dialog';
import { ExtendDialog } from '../../parts/loans/extend-dialog';
import { msLeft, serverNow, TimeLeft } from '../../parts/loans/time-left';
import { nameOf } from '../../parts/loans/words';
import { Time } from '../../parts/time';
import type { Loan } from './loan';
import { NotifyButton } from './notify-button';

interface LeaseProps {
  loan: Loan;
  mayAct: boolean;
  isOthers: boolean;
  again: () => void;
  /** When the end is announced, in epoch ms by the server's clock; null: never. */
  warnsAt: number | null;
  /** By how much it can be extended, in ms; null: without a limit. */
  most: number | null;
}

/** A running loan: what is left of it, and how it is made longer or ended. */
export function Lease({ loan, mayAct, isOthers, again, warnsAt, most }: LeaseProps) {
  const [dialog, setDialog] = useState<'extend' | 'release' | null>(null);
  const { id, startsAt, endsAt, ahead } = loan;
  const isEnding = warnsAt !== null && serverNow(ahead) >= warnsAt;
  const target = { id, name: nameOf(loan), isWaiting: false, isOthers };
  const close = () => setDialog(null);
  return (
    <section class="card stack" aria-label="Lease">
      {isEnding && endsAt !== null && (
        <p class="warning" role="alert">
          {msLeft(endsAt, ahead) > 0
            ? `This loan ends in ${inWords(msLeft(endsAt, ahead))}.`
            : 'The time of this loan is over.'}{' '}
          Its credentials stop working then.
        </p>
      )}
      <div class="lease">
        <TimeLeft {...{ startsAt, endsAt, ahead, isEnding }} />
        <span class="hint">
          lent <Time at={startsAt} />
        </span>
        <span class="row lease-actions">
          <NotifyButton tells="before it ends" />
          {mayAct && endsAt !== null && (
            <Button onClick={() => setDialog('extend')} disabled={most === 0}>
              Extend
            </Button>
          )}
          {mayAct && (
            <Button kind="danger" onClick={() => setDialog('release')}>
              Release
            </Button>
          )}
        </span>
      </div>
      {mayAct && most === 0 && <p class="hint">It lasts as long as its pool allows.</p>}
      {dialog === 'extend' && (
        <ExtendDialog targets={[target]} {...{ most, endsAt }} onDone={again} onClose={close} />
      )}
      {dialog === 'release' && <EndDialog targets={[target]} onDone={again} onClose={close} />}
    </section>
  );
}
