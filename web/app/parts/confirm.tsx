import type { ComponentChildren } from 'preact';
import { useAction } from '../server/action';
import { Dialog } from './dialog';
import { Form } from './form';

interface ConfirmProps {
  title: string;
  /** The words of the button that does it. */
  action: string;
  /** Explains what will happen, and may ask for a reason. */
  children?: ComponentChildren;
  isDanger?: boolean;
  /** Shown in a corner once it is done. */
  done?: string;
  onConfirm: () => Promise<unknown>;
  onClose: () => void;
}

/** Asks before something is done that cannot be taken back; stays open if that fails. */
export function Confirm(props: ConfirmProps) {
  const { title, action: words, children, isDanger, done, onConfirm, onClose } = props;
  const action = useAction();
  const confirm = async () => {
    if (await action.run(onConfirm, done)) onClose();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <Form
        submit={words}
        action={action}
        isDanger={isDanger}
        onSubmit={() => void confirm()}
        onCancel={onClose}
      >
        {children}
      </Form>
    </Dialog>
  );
}
