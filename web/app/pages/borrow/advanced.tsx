import { TextField } from '../../parts/field';
import { may, me } from '../../server/session';
import type { Terms } from './chosen';
import type { Draft } from './draft';
import { hintFor } from './hint';
import { Login } from './login';

interface AdvancedProps {
  draft: Draft;
  terms: Terms;
  failure: unknown;
  set: (change: Partial<Draft>) => void;
}

/** Terms that few people change. */
export function Advanced({ draft, terms, failure, set }: AdvancedProps) {
  const most = me.value?.maxPriority ?? 0;
  const isUsed = [draft.giveUp, draft.username, draft.onBehalfOf].some((text) => text !== '');
  return (
    <details class="more" open={isUsed || draft.priority !== '0'}>
      <summary>More</summary>
      <div class="pair">
        <TextField
          label="Give up waiting after"
          hint={hintFor(
            failure,
            'queueTimeoutSeconds',
            'Such as 30m; 0: do not wait. Empty: wait until it is served.',
          )}
          value={draft.giveUp}
          onValue={(giveUp) => set({ giveUp })}
        />
        {(most > 0 || draft.priority !== '0') && (
          <TextField
            label="Priority"
            type="number"
            min={0}
            max={most}
            hint={hintFor(failure, 'priority', `Higher ones are served earlier; at most ${most}.`)}
            value={draft.priority}
            onValue={(priority) => set({ priority })}
          />
        )}
        {(may('admin') || draft.onBehalfOf !== '') && (
          <TextField
            label="Lend to"
            hint={hintFor(failure, 'onBehalfOf', 'Name, e-mail address or id; empty: yourself.')}
            value={draft.onBehalfOf}
            onValue={(onBehalfOf) => set({ onBehalfOf })}
            autoComplete="off"
          />
        )}
        <Login {...{ draft, terms, failure, set }} />
      </div>
    </details>
  );
}
