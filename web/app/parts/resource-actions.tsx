import { useState } from 'preact/hooks';
import { attempt, useAction } from '../server/action';
import type { Schemas } from '../server/client';
import { may } from '../server/session';
import { Button } from './button';
import { Dialog } from './dialog';
import { Form } from './form';
import { TermsFields } from './resource-actions/terms-fields';
import { WhoseLoan } from './resource-actions/whose-loan';
import { undoOf, WORK_NAMES, WORKS, type Terms, type Work } from './resource-actions/works';
import { toast } from './toast';

interface ResourceActionsProps {
  resource: Schemas['Resource'];
  /** Called when something was done or undone. */
  onDone?: () => void;
}

/** Buttons for everything that an admin can do with a resource as it is; nothing for others. */
export function ResourceActions({ resource, onDone }: ResourceActionsProps) {
  const [open, setOpen] = useState<Work | null>(null);
  if (!may('admin')) return null;
  const fitting: Work[] = WORK_NAMES.map((name) => WORKS[name]).filter(({ fits }) =>
    fits(resource),
  );
  return (
    <div class="row">
      {fitting.map((work) => (
        <Button
          key={work.words}
          kind={work.isDanger ? 'danger' : 'plain'}
          onClick={() => setOpen(work)}
        >
          {work.words}
        </Button>
      ))}
      {open && (
        <OneDialog work={open} resource={resource} onDone={onDone} onClose={() => setOpen(null)} />
      )}
    </div>
  );
}

interface OneDialogProps extends ResourceActionsProps {
  work: Work;
  onClose: () => void;
}

function OneDialog({ work, resource: now, onDone, onClose }: OneDialogProps) {
  // As it was when the question was asked: a change in between refuses the call.
  const [resource] = useState(now);
  const [terms, setTerms] = useState<Terms>({ reason: '', until: '' });
  const action = useAction();
  const submit = async () => {
    if (!(await action.run(() => work.run(resource, terms)))) return;
    onClose();
    onDone?.();
    toast(`${resource.name} is ${work.done}.`, { undo: undoing(work, resource, onDone) });
  };
  return (
    <Dialog title={`${work.title} ${resource.name}`} onClose={onClose}>
      <Form
        submit={work.words.replace(' …', '')}
        action={action}
        isDanger={work.isDanger}
        onCancel={onClose}
        onSubmit={() => void submit()}
      >
        {work === WORKS.release && resource.heldBy && (
          <WhoseLoan reservationId={resource.heldBy.reservationId} not={resource.name} />
        )}
        <p>{work.effect}</p>
        <TermsFields work={work} terms={terms} onTerms={setTerms} failure={action.failure} />
      </Form>
    </Dialog>
  );
}

function undoing(work: Work, resource: Schemas['Resource'], onDone?: () => void) {
  const undo = undoOf(work, resource);
  if (!undo) return undefined;
  return () => void attempt(undo, `${resource.name} is as it was before.`).then(onDone);
}
