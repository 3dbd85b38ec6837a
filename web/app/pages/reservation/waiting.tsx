import { useState } from 'preact/hooks';
import { Button } from '../../parts/button';
import { EndDialog } from '../../parts/loans/end-dialog';
import { wordsOfItems } from '../../parts/loans/words';
import { Sentence } from '../../parts/sentence';
import { Time } from '../../parts/time';
import type { Loan } from './loan';
import { NotifyButton } from './notify-button';

interface WaitingProps {
  loan: Loan;
  mayAct: boolean;
  isOthers: boolean;
  again: () => void;
}

/** A request that waits: its place, and why. */
export function Waiting({ loan, mayAct, isOthers, again }: WaitingProps) {
  const [isEnding, setEnding] = useState(false);
  const { id, status, waitingFor, items } = loan;
  return (
    <section class="card stack" aria-label="Waiting">
      <dl class="loan-facts">
        {status === 'queued' && (
          <div>
            <dt>Place in the queue</dt>
            <dd class="big">
              <span role="status">{placeOf(loan)}</span>
            </dd>
          </div>
        )}
        <div>
          <dt>Since</dt>
          <dd>
            <Time at={loan.requestedAt} />
          </dd>
        </div>
        <div>
          <dt>Asks for</dt>
          <dd>
            <bdi>{wordsOfItems(items)}</bdi>
          </dd>
        </div>
      </dl>
      {status === 'preparing' ? (
        <p>Access is being opened. The loan begins once every login works.</p>
      ) : (
        waitingFor !== null && <Sentence of={waitingFor} />
      )}
      <div class="row">
        <NotifyButton tells="when it is there" />
        {mayAct && (
          <Button kind="danger" onClick={() => setEnding(true)}>
            Cancel request
          </Button>
        )}
      </div>
      {isEnding && (
        <EndDialog
          targets={[{ id, name: wordsOfItems(items), isWaiting: true, isOthers }]}
          onDone={again}
          onClose={() => setEnding(false)}
        />
      )}
    </section>
  );
}

/** The place of a queued request in words. */
export function placeOf({
  position,
  positionIsExact,
}: {
  position: number | null;
  positionIsExact: boolean;
}): string {
  if (position === null) return '–';
  return positionIsExact ? `#${position}` : `after #${position - 1}`;
}
