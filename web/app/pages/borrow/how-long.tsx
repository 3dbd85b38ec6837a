import { inWords } from '../../parts/duration';
import { SelectField, TextField } from '../../parts/field';
import { wordsOfTerms, type Terms } from './chosen';
import type { Draft } from './draft';
import { hintFor } from './hint';

interface HowLongProps {
  draft: Draft;
  terms: Terms;
  failure: unknown;
  set: (change: Partial<Draft>) => void;
}

/** The usual length, by the pools that are chosen. */
function usual({ pools, default: standard }: Terms): string {
  if (pools.length === 0) return 'As the pool says';
  return standard === null ? 'Without an end' : `${inWords(standard * 1_000)} (the pool’s usual)`;
}

/** How long the loan is to last. */
export function HowLong({ draft, terms, failure, set }: HowLongProps) {
  const mayBeOpen = terms.openEnded || draft.length === 'open';
  const options = [
    ['default', usual(terms)],
    ['for', 'For a time'],
    ['until', 'Until a day and time'],
    ...(mayBeOpen ? ([['open', 'Without an end']] as const) : []),
  ] as const;
  const hint = wordsOfTerms(terms);
  const isTyped = draft.length === 'for' || draft.length === 'until';
  return (
    <div class="pair">
      <SelectField
        label="How long"
        hint={isTyped ? undefined : hintFor(failure, 'durationSeconds', hint)}
        value={draft.length}
        options={options}
        onValue={(length) => set({ length: length as Draft['length'] })}
      />
      {draft.length === 'for' && (
        <TextField
          label="Duration"
          hint={hintFor(failure, 'durationSeconds', `Such as 30m, 2 h or 1d. ${hint}`)}
          value={draft.for}
          onValue={(text) => set({ for: text })}
        />
      )}
      {draft.length === 'until' && (
        <TextField
          label="Until"
          type="datetime-local"
          hint={hintFor(failure, 'endsAt', `In your time zone. ${hint}`)}
          value={draft.until}
          onValue={(until) => set({ until })}
        />
      )}
    </div>
  );
}
