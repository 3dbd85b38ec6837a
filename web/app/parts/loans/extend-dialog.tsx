import { useState } from 'preact/hooks';
import { useAction } from '../../server/action';
import { holdfast } from '../../server/client';
import { Button } from '../button';
import { Dialog } from '../dialog';
import { inWords, secondsIn } from '../duration';
import { TextField } from '../field';
import { Form } from '../form';
import { clockTime } from '../time';
import { useRest, type Target } from './batch';
import { Names } from './end-dialog';

const PRESETS = ['15m', '30m', '1h', '2h', '1d'] as const;

interface ExtendDialogProps {
  targets: readonly Target[];
  /** By how much it can be extended at most, in ms; null: not known, or without a limit. */
  most?: number | null;
  /** When it ends now (RFC 3339), if it is one. */
  endsAt?: string | null;
  onDone?: () => void;
  onClose: () => void;
}

/** Asks by how much loans are extended, and does it. */
export function ExtendDialog(props: ExtendDialogProps) {
  const { targets, most = null, endsAt = null, onDone, onClose } = props;
  const [text, setText] = useState('30m');
  const action = useAction();
  const { rest, run } = useRest(targets);
  const things = rest.length === 1 ? '1 loan' : `${rest.length} loans`;
  const seconds = secondsIn(text);
  const end = seconds === null || endsAt === null ? null : Date.parse(endsAt) + seconds * 1_000;
  const extend = async () => {
    const work = async ({ id }: Target) => {
      if (seconds === null) throw new Error('By how much: write a duration such as 30m or 2 h.');
      await holdfast.reservations.update(id, { extendSeconds: seconds });
    };
    const by = seconds === null ? '' : ` by ${inWords(seconds * 1_000)}`;
    const until = end === null ? by : `, until ${clockTime(end)}`;
    if (!(await action.run(() => run(work), `${things} extended${until}.`))) return;
    onDone?.();
    onClose();
  };
  return (
    <Dialog title={`Extend ${things}`} onClose={onClose}>
      <Form
        submit={`Extend ${things}`}
        action={action}
        onSubmit={() => void extend()}
        onCancel={onClose}
      >
        <Names of={rest} />
        <div class="row" role="group" aria-label="Often used">
          {PRESETS.map((preset) => (
            <Button
              key={preset}
              onClick={() => setText(preset)}
              disabled={most !== null && secondsIn(preset)! * 1_000 > most}
            >
              +{inWords(secondsIn(preset)! * 1_000)}
            </Button>
          ))}
        </div>
        <TextField
          label="By how much"
          hint={
            most === null
              ? 'A duration such as 30m, 2 h or 1d.'
              : `A duration such as 30m or 2 h; at most ${inWords(most)}.`
          }
          value={text}
          onValue={setText}
          required
        />
        {end !== null && (
          <p role="status">
            It ends at <strong>{clockTime(end)}</strong> then, not at{' '}
            {clockTime(Date.parse(endsAt!))}.
          </p>
        )}
      </Form>
    </Dialog>
  );
}
