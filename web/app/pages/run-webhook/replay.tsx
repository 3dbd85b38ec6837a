import { useState } from 'preact/hooks';
import { CheckedText } from '../../parts/checked-field';
import { Dialog } from '../../parts/dialog';
import { Form } from '../../parts/form';
import { useAction } from '../../server/action';
import { holdfast } from '../../server/client';
import { errorAt, InputError } from '../../server/field-errors';

interface ReplayProps {
  id: string;
  onClose: () => void;
  onDone: () => void;
}

/** Has events of a time sent again. */
export function Replay({ id, onClose, onDone }: ReplayProps) {
  const [since, setSince] = useState('');
  const [until, setUntil] = useState('');
  const action = useAction();
  const submit = async () => {
    const replay = async () =>
      holdfast.webhooks.replay(id, {
        since: instantOf('since', since),
        ...(until === '' ? {} : { until: instantOf('until', until) }),
      });
    if (!(await action.run(replay, 'The events are sent again.'))) return;
    onClose();
    onDone();
  };
  return (
    <Dialog title="Replay events" onClose={onClose}>
      <Form submit="Replay" action={action} onCancel={onClose} onSubmit={() => void submit()}>
        <p>The receiver gets each event again, if the webhook may see it and it is still kept.</p>
        <CheckedText
          label="Since"
          type="datetime-local"
          hint="In your time zone."
          required
          value={since}
          onValue={setSince}
          error={errorAt(action.failure, 'since')}
        />
        <CheckedText
          label="Until"
          type="datetime-local"
          hint="Empty: to the newest."
          value={until}
          onValue={setUntil}
          error={errorAt(action.failure, 'until')}
        />
      </Form>
    </Dialog>
  );
}

function instantOf(field: string, text: string): string {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new InputError(field, `${field} is no time.`);
  return new Date(ms).toISOString();
}
