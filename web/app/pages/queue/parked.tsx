import { useState } from 'preact/hooks';
import { Badge } from '../../parts/badge';
import { Button } from '../../parts/button';
import type { Reservation } from '../../parts/loans/words';
import { Sentence } from '../../parts/sentence';
import { attempt } from '../../server/action';
import { holdfast } from '../../server/client';

const MEANING = 'Others go past it: something that it lacks cannot come by itself.';

/** Says that a request is parked; to those who may see the request, also why. */
export function Parked({ reservationId }: { reservationId: string | null }) {
  const [found, setFound] = useState<Reservation | null>(null);
  const ask = async (id: string) => setFound(await holdfast.reservations.get(id));
  return (
    <div>
      <span class="row">
        <Badge kind="warn" title={MEANING}>
          parked
        </Badge>
        {reservationId !== null && found === null && (
          <Button kind="quiet" onClick={() => void attempt(() => ask(reservationId))}>
            Why?
          </Button>
        )}
      </span>
      <span class="hint">{MEANING}</span>
      {found?.waitingFor && <Sentence of={found.waitingFor} />}
    </div>
  );
}
