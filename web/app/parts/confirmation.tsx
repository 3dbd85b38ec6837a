import type { ComponentChildren } from 'preact';
import { useAction } from '../server/action';
import { Dialog } from './dialog';
import { Form } from './form';

interface ConfirmationProps {
  title: string;
  /** Says what it will hit. */
  children: ComponentChildren;
  /** The words of the button that does it. */
  submit: string;
  /** Does it; the dialog closes once it has succeeded. */
  work: () => Promise<unknown>;
  /** Told in a corner of the page then. */
  done?: string;
  onClose: () => void;
  isDanger?: boolean;
}

/** Asks before something is done, and says why it failed. */
export function Confirmation(props: ConfirmationProps) {
  const { title, children, submit, work, done, onClose, isDanger = true } = props;
  const action = useAction();
  return (
    <Dialog title={title} onClose={onClose}>
      <Form
        submit={submit}
        action={action}
        isDanger={isDanger}
        onCancel={onClose}
        onSubmit={() => void action.run(work, done).then((isDone) => isDone && onClose())}
      >
        {children}
      </Form>
    </Dialog>
  );
}
