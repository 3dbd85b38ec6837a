import { inWords } from '../../parts/duration';
import { Listing } from '../../parts/listing';
import { LEVELS, ReturnLevel } from '../../parts/return-level';
import { ShowMore } from '../../parts/show-more';
import { Time } from '../../parts/time';
import { holdfast, type Schemas } from '../../server/client';
import { ofPool } from '../../server/query';
import { useWindow } from '../../server/windowed';

type ReturnRecord = Schemas['ReturnRecord'];

const CAUSES: Readonly<{ [C in ReturnRecord['cause']]: string }> = {
  loan: 'after a loan',
  unopened: 'after a loan whose access was not opened',
  new: 'when it was made',
  cleaning: 'when it was cleaned anew',
  restore: 'after a restore',
};
const OUTCOMES: Readonly<{ [O in ReturnRecord['outcome']]: string }> = {
  returned: 'returned',
  refused: 'refused: it went into quarantine',
  removed: 'removed',
};

interface OfResource {
  /** The id of the resource. */
  id: string;
  /** The name of its pool. */
  pool: string;
  /** How many are shown at first, and more each time. */
  step: number;
}

/** The returns of a resource with their evidence, the newest first. */
export function Returns({ id, pool, step }: OfResource) {
  const read = useWindow(
    `returns ${step} ${id}`,
    (part) => holdfast.resources.returns(id, part).page(),
    { step, concerns: ofPool(pool) },
  );
  return (
    <section>
      <h3>Returns</h3>
      <Listing read={read} what="Returns" empty={<p class="hint">It has not come back yet.</p>}>
        {(records) => (
          <ol class="returns">
            {records.map((record) => (
              <Return key={record.seq} of={record} />
            ))}
          </ol>
        )}
      </Listing>
      <ShowMore of={read} />
    </section>
  );
}

function Return({ of: record }: { of: ReturnRecord }) {
  const took = Date.parse(record.at) - Date.parse(record.since);
  return (
    <li class="return">
      <p class="row">
        <ReturnLevel level={record.level} needed={record.needed} />
        <span>{LEVELS[record.level]}</span>
        {record.needed !== null && record.level < record.needed && (
          <span class="hint">{record.needed} was needed</span>
        )}
      </p>
      <p class="hint">
        <Time at={record.at} />, {CAUSES[record.cause]}, in {inWords(took)}:{' '}
        {OUTCOMES[record.outcome]}
      </p>
      <ul class="evidence">
        {evidenceOf(record).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </li>
  );
}

/** The evidence and the steps of a return, in sentences. */
function evidenceOf({
  shown: { refused, derived, searched, replaced },
  steps,
}: ReturnRecord): string[] {
  const failed = steps.reduce((sum, { failures }) => sum + failures, 0);
  return [
    ...(refused
      ? [`Login refused ${refused.times} times, another accepted ${refused.accepted} times.`]
      : []),
    ...(derived ? [`Tokens and sessions made from it: ${DERIVED[derived.how]}.`] : []),
    ...(searched
      ? [`Everything was searched ${searched.passes} times; ${searched.found} things were found.`]
      : []),
    ...(replaced ? ['The resource was replaced; the old one is gone.'] : []),
    `Steps: ${steps.map(({ step }) => step).join(', ') || 'none'}${
      failed > 0 ? `; ${failed} calls failed on the way` : ''
    }.`,
  ];
}

const DERIVED = {
  none: 'there were none',
  ended: 'ended',
  refused: 'refused',
  expired: 'expired',
  acceptedUntilExpiry: 'accepted until they expire',
} as const;
