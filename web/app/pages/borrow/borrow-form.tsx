import { useEffect, useMemo, useState } from 'preact/hooks';
import { newKey } from '../../../../src/client/transport';
import { go, hrefOf, pathOf } from '../../address/address';
import { Button } from '../../parts/button';
import { Copy } from '../../parts/copy';
import { inWords } from '../../parts/duration';
import { Field } from '../../parts/field';
import { Form } from '../../parts/form';
import { useAction } from '../../server/action';
import { holdfast } from '../../server/client';
import { me } from '../../server/session';
import { Advanced } from './advanced';
import { termsOf, type Pool, type Terms } from './chosen';
import { bodyOf, hrefOfDraft, newItem, type Draft, type ItemDraft } from './draft';
import { namingFields } from './field-error';
import { focusProblem, hintFor } from './hint';
import { HowLong } from './how-long';
import { ItemFields } from './item-fields';

/** The form that borrows. `initial`: as the address fills it in. */
export function BorrowForm({ initial, pools }: { initial: Draft; pools: readonly Pool[] }) {
  const [draft, setDraft] = useState(initial);
  const action = useAction();
  const { failure } = action;
  const set = (change: Partial<Draft>) => setDraft((before) => ({ ...before, ...change }));
  const terms = termsOf(draft, pools);
  // The same form sent twice borrows once, however fast somebody clicks.
  const idempotencyKey = useMemo(newKey, [draft]);
  useEffect(() => {
    if (failure) focusProblem();
  }, [failure]);
  const borrow = async () => {
    const body = bodyOf(draft, me.value?.sshKeys.map(({ key }) => key) ?? []);
    const made = await namingFields(() => holdfast.reservations.create(body, { idempotencyKey }));
    const beats = (terms.heartbeat !== null || made.heartbeatBy !== null) && !body.onBehalfOf;
    go(hrefOf(pathOf('reservations', made.id), { heartbeats: beats ? 'on' : undefined }));
  };
  return (
    <Form submit="Borrow" action={action} onSubmit={() => void action.run(borrow)}>
      <Items
        items={draft.items}
        pools={pools}
        failure={failure}
        onItems={(items) => set({ items })}
      />
      <HowLong {...{ draft, terms, failure, set }} />
      <Field label="Note" hint={hintFor(failure, 'note', 'For people: what it is for.')}>
        {(ids) => (
          <textarea
            {...ids}
            rows={2}
            maxLength={1000}
            value={draft.note}
            onInput={(event) => set({ note: event.currentTarget.value })}
          />
        )}
      </Field>
      <Advanced {...{ draft, terms, failure, set }} />
      <HeartbeatHint terms={terms} />
      <p class="hint row">
        <span>A link opens this form as it is filled in now.</span>
        <Copy
          text={new URL(hrefOfDraft(draft), location.href).href}
          what="link to this form"
          words="Copy link"
        />
      </p>
    </Form>
  );
}

interface ItemsProps {
  items: readonly ItemDraft[];
  pools: readonly Pool[];
  failure: unknown;
  onItems: (items: readonly ItemDraft[]) => void;
}

/** A request has this many items at most. */
const MOST_ITEMS = 10;

function Items({ items, pools, failure, onItems }: ItemsProps) {
  return (
    <div class="stack items">
      {items.map((item, index) => (
        <ItemFields
          key={index}
          {...{ index, item, pools, failure }}
          onItem={(changed) => onItems(items.with(index, changed))}
          onRemove={items.length > 1 ? () => onItems(items.toSpliced(index, 1)) : undefined}
        />
      ))}
      <div class="row">
        <Button
          onClick={() => onItems([...items, newItem()])}
          disabled={items.length >= MOST_ITEMS}
        >
          Add an item
        </Button>
        {items.length > 1 && <span class="hint">All of them are lent at once, or none.</span>}
      </div>
    </div>
  );
}

function HeartbeatHint({ terms: { heartbeat } }: { terms: Terms }) {
  if (heartbeat === null) return null;
  return (
    <p class="notice">
      Such a loan ends after {inWords(heartbeat * 1_000)} without a heartbeat. The page of the loan
      sends them while it is open.
    </p>
  );
}
