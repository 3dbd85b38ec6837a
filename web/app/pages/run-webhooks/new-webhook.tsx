import { useState } from 'preact/hooks';
import { CheckedBox } from '../../parts/checked-field';
import { Dialog } from '../../parts/dialog';
import { Form } from '../../parts/form';
import { useAction } from '../../server/action';
import { holdfast } from '../../server/client';
import { errorAt } from '../../server/field-errors';
import { may } from '../../server/session';
import type { EventType } from './event-types';
import { SecretOnce } from './secret-once';
import { WebhookFields, type WrittenWebhook } from './webhook-fields';

/** As the server has it where no types are given. */
const OWN: EventType[] = ['lease.ending', 'lease.lost', 'reservation.active', 'reservation.ended'];
const FAULTS: EventType[] = [
  'resource.quarantined',
  'resource.quarantine_ended',
  'resource.return_refused',
  'pool.failing',
  'pool.recovered',
];

/** Makes a webhook, and shows its secret once. */
export function NewWebhook({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const [written, setWritten] = useState<WrittenWebhook>({
    ...{ url: '', description: '', pool: '' },
    types: new Set(may('admin') ? [...OWN, ...FAULTS] : OWN),
  });
  const [everybody, setEverybody] = useState(may('admin'));
  const [made, setMade] = useState<{ secret: string | null } | null>(null);
  const action = useAction();
  const make = async () => {
    const { url, description, pool, types } = written;
    const { secret } = await holdfast.webhooks.create({
      ...{ url, description, everybody, types: [...types] },
      pool: pool === '' ? null : pool,
    });
    setMade({ secret });
    onDone();
  };
  if (made) return <SecretOnce secret={made.secret} onClose={onClose} />;
  return (
    <Dialog title="New webhook" onClose={onClose}>
      <Form
        submit="Make the webhook"
        action={action}
        onCancel={onClose}
        onSubmit={() => void action.run(make)}
      >
        <WebhookFields
          written={written}
          set={(change) => setWritten({ ...written, ...change })}
          failure={action.failure}
        />
        {may('admin') && (
          <CheckedBox
            label="Everybody's events"
            hint="Otherwise it gets only those about you."
            value={everybody}
            onValue={setEverybody}
            error={errorAt(action.failure, 'everybody')}
          />
        )}
      </Form>
    </Dialog>
  );
}
