import { CheckedBox, CheckedChoice, CheckedText } from '../../parts/checked-field';
import { holdfast, type Schemas } from '../../server/client';
import { errorAt } from '../../server/field-errors';
import { ofPools, useRead } from '../../server/query';
import { EVENT_WORDS, groupedTypes, type EventType } from './event-types';

export type Webhook = Schemas['Webhook'];

/** The texts about a webhook. */
export interface WrittenWebhook {
  url: string;
  description: string;
  /** Name; empty: any. */
  pool: string;
  types: ReadonlySet<EventType>;
}

interface WebhookFieldsProps {
  written: WrittenWebhook;
  set: (change: Partial<WrittenWebhook>) => void;
  failure: unknown;
}

/** The fields of a webhook. */
export function WebhookFields({ written, set, failure }: WebhookFieldsProps) {
  const error = (field: string) => errorAt(failure, field);
  const { data: pools = [] } = useRead(
    'pool names',
    (signal) => holdfast.pools.list({ limit: 1000, signal }).all(),
    ofPools,
  );
  const names = new Set([...pools.map(({ name }) => name), written.pool].filter(Boolean));
  return (
    <>
      <CheckedText
        label="Address"
        type="url"
        hint="https, to a public address, unless this server allows others."
        required
        maxLength={2000}
        value={written.url}
        onValue={(url) => set({ url })}
        error={error('url')}
      />
      <CheckedText
        label="Description"
        hint="For people: what it is for."
        maxLength={200}
        value={written.description}
        onValue={(description) => set({ description })}
        error={error('description')}
      />
      <CheckedChoice
        label="Pool"
        options={[['', 'any'], ...[...names].map((name) => [name, name] as const)]}
        value={written.pool}
        onValue={(pool) => set({ pool })}
        error={error('pool')}
      />
      <TypeFields types={written.types} set={(types) => set({ types })} error={error('types')} />
    </>
  );
}

interface TypeFieldsProps {
  types: ReadonlySet<EventType>;
  set: (types: ReadonlySet<EventType>) => void;
  error: string | null;
}

function TypeFields({ types, set, error }: TypeFieldsProps) {
  const choose = (type: EventType, isChosen: boolean) => {
    const next = new Set(types);
    if (isChosen) next.add(type);
    else next.delete(type);
    set(next);
  };
  return (
    <fieldset class="settings">
      <legend>Events ({types.size})</legend>
      {error && <p class="field-error">{error}</p>}
      {groupedTypes().map(([about, members]) => (
        <details key={about} open={members.some((type) => types.has(type))}>
          <summary>
            {about} ({members.filter((type) => types.has(type)).length} of {members.length})
          </summary>
          {members.map((type) => (
            <CheckedBox
              key={type}
              label={type}
              hint={EVENT_WORDS[type]}
              value={types.has(type)}
              onValue={(isChosen) => choose(type, isChosen)}
            />
          ))}
        </details>
      ))}
    </fieldset>
  );
}
