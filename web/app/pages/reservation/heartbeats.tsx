import { useEffect, useState } from 'preact/hooks';
import { filterOf, setQuery } from '../../address/address';
import { Failure } from '../../parts/failure';
import { Time } from '../../parts/time';
import { holdfast } from '../../server/client';
import type { Loan } from './loan';

/** The longest time between two heartbeats, and the pause after a failure, in ms. */
const LONGEST = 30_000;
const PAUSE = 3_000;

/**
 * Heartbeats from this page, for a loan that ends without them. The choice is in the address: a loan
 * that a program keeps alive must not outlive the program because somebody looks at it.
 */
export function Heartbeats({ loan, again }: { loan: Loan; again: () => void }) {
  const isOn = filterOf('heartbeats') === 'on';
  const isAsked = loan.status === 'active' && loan.heartbeatBy !== null;
  const [failure, setFailure] = useState<unknown>(null);
  useEffect(() => {
    if (!isOn || !isAsked) return;
    const over = new AbortController();
    void keepBeating(loan.id, over.signal, setFailure, again);
    return () => over.abort();
  }, [loan.id, isOn, isAsked]);
  if (!isAsked) return null;
  return (
    <section class="card stack" aria-label="Heartbeats">
      <label class="beats">
        <input
          type="checkbox"
          checked={isOn}
          onChange={() => setQuery({ heartbeats: isOn ? undefined : 'on' })}
        />
        Send heartbeats while this page is open
      </label>
      <p class="hint">
        This loan ends unless a heartbeat comes by <Time at={loan.heartbeatBy} as="clock" />.{' '}
        {isOn
          ? 'This page sends them: the loan ends soon after you close it. Browsers slow hidden pages ' +
            'down, so keep it in sight if they are due within a minute.'
          : 'This page sends none: whatever uses the loan has to.'}
      </p>
      <Failure of={failure} />
    </section>
  );
}

async function keepBeating(
  id: string,
  signal: AbortSignal,
  setFailure: (failure: unknown) => void,
  again: () => void,
): Promise<void> {
  while (!signal.aborted) {
    let pause = PAUSE;
    try {
      const { heartbeatBy, asOf, status } = await holdfast.reservations.heartbeat(id, { signal });
      setFailure(null);
      if (status !== 'active' || heartbeatBy === null) return again();
      pause = Math.min((Date.parse(heartbeatBy) - Date.parse(asOf)) / 3, LONGEST);
    } catch (error) {
      if (signal.aborted) return;
      setFailure(error);
      again();
    }
    await new Promise((resolve) => setTimeout(resolve, Math.max(pause, 500)));
  }
}
