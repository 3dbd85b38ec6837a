import { useState } from 'preact/hooks';
import { Button } from '../../parts/button';
import { Dialog } from '../../parts/dialog';
import { Field } from '../../parts/field';
import { Form } from '../../parts/form';
import { toast } from '../../parts/toast';
import { attempt, useAction } from '../../server/action';
import { holdfast } from '../../server/client';
import type { Loan } from './loan';

interface NoteProps {
  loan: Loan;
  mayAct: boolean;
  again: () => void;
}

/** The note of a loan, as its holder wrote it. */
export function Note({ loan: { id, note }, mayAct, again }: NoteProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <section class="card" aria-label="Note">
      <h2>Note</h2>
      {note !== null && (
        <p class="note">
          <bdi>{note}</bdi>
        </p>
      )}
      {mayAct && (
        <Button
          kind="quiet"
          label={note === null ? 'Add a note' : 'Change the note'}
          onClick={() => setOpen(true)}
        >
          {note === null ? 'Add a note' : 'Change'}
        </Button>
      )}
      {isOpen && <NoteDialog {...{ id, note, again }} onClose={() => setOpen(false)} />}
    </section>
  );
}

interface NoteDialogProps {
  id: string;
  note: string | null;
  again: () => void;
  onClose: () => void;
}

function NoteDialog({ id, note, again, onClose }: NoteDialogProps) {
  const [text, setText] = useState(note ?? '');
  const action = useAction();
  const write = async (to: string | null) => {
    await holdfast.reservations.update(id, { note: to });
    again();
  };
  const save = async () => {
    if (!(await action.run(() => write(text.trim() === '' ? null : text)))) return;
    toast('Note changed.', { undo: () => void attempt(() => write(note)) });
    onClose();
  };
  return (
    <Dialog title="Note" onClose={onClose}>
      <Form submit="Save" action={action} onSubmit={() => void save()} onCancel={onClose}>
        <Field label="Note" hint="Everybody who may see the loan reads it.">
          {(ids) => (
            <textarea
              {...ids}
              rows={3}
              maxLength={1000}
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          )}
        </Field>
      </Form>
    </Dialog>
  );
}
