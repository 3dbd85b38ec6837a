import { useState } from 'preact/hooks';
import { useAction } from '../../server/action';
import { holdfast } from '../../server/client';
import { Dialog } from '../dialog';
import { TextField } from '../field';
import { Form } from '../form';
import { useRest, type Target } from './batch';

/** A loan that may be released, or a request that may be cancelled. */
export interface Endable extends Target {
  isWaiting: boolean;
  /** Does it belong to somebody else? Then a reason can be given. */
  isOthers?: boolean;
}

interface EndDialogProps {
  /** All of them wait, or none does. */
  targets: readonly Endable[];
  /** Called once all have ended. */
  onDone?: () => void;
  onClose: () => void;
}

/** Asks before loans are released or requests are cancelled, and does it. */
export function EndDialog({ targets, onDone, onClose }: EndDialogProps) {
  const [reason, setReason] = useState('');
  const action = useAction();
  const isWaiting = targets.some((target) => target.isWaiting);
  const { rest, run } = useRest(targets);
  const words = wordsFor(rest, isWaiting);
  const end = async () => {
    const options = reason.trim() === '' ? {} : { reason: reason.trim() };
    const work = ({ id }: Target) => holdfast.reservations.delete(id, options);
    if (!(await action.run(() => run(work), words.done))) return;
    onDone?.();
    onClose();
  };
  return (
    <Dialog title={words.title} onClose={onClose}>
      <Form
        submit={words.submit}
        isDanger
        action={action}
        onSubmit={() => void end()}
        onCancel={onClose}
      >
        <Names of={rest} />
        <p>{isWaiting ? WAITING : RUNNING}</p>
        {targets.some(({ isOthers }) => isOthers) && (
          <TextField
            label="Reason"
            hint="It stands in the event, and the holder reads it."
            value={reason}
            onValue={setReason}
            maxLength={200}
          />
        )}
      </Form>
    </Dialog>
  );
}

const WAITING = 'The place in the queue is lost. This cannot be undone.';
const RUNNING =
  'Whatever still runs there is cut off, and the credentials stop working. This cannot be undone.';

function wordsFor(targets: readonly Target[], isWaiting: boolean) {
  const [verb, ended, one, many] = isWaiting
    ? ['Cancel', 'cancelled', 'request', 'requests']
    : ['Release', 'released', 'loan', 'loans'];
  const things = `${targets.length} ${targets.length === 1 ? one : many}`;
  return {
    title: `${verb} ${things}?`,
    submit: isWaiting ? `Cancel ${things}` : `Release ${things}`,
    done: targets.length === 1 ? `${targets[0]!.name}: ${ended}.` : `${things} ${ended}.`,
  };
}

/** How many names a dialog shows. */
const SHOWN = 10;

/** The names of what a dialog is about. */
export function Names({ of }: { of: readonly Target[] }) {
  return (
    <ul class="names">
      {of.slice(0, SHOWN).map(({ id, name }) => (
        <li key={id}>
          <bdi>{name}</bdi>
        </li>
      ))}
      {of.length > SHOWN && <li>and {of.length - SHOWN} more</li>}
    </ul>
  );
}
