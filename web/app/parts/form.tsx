import type { ComponentChildren } from 'preact';
import type { Action } from '../server/action';
import { Button } from './button';
import { useHold } from './dialog-hold';
import { Failure } from './failure';

interface FormProps {
  children: ComponentChildren;
  /** The words of the button that sends it. */
  submit: string;
  action: Action;
  onSubmit: () => void;
  onCancel?: () => void;
  isDanger?: boolean;
}

/** A form with its button and the reason why it was refused. */
export function Form({ children, submit, action, onSubmit, onCancel, isDanger }: FormProps) {
  useHold(action.isBusy);
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
      <Failure of={action.failure} />
      <div class="form-end">
        {onCancel && (
          <Button onClick={onCancel} disabled={action.isBusy}>
            Cancel
          </Button>
        )}
        <Button type="submit" kind={isDanger ? 'danger' : 'main'} isBusy={action.isBusy}>
          {submit}
        </Button>
      </div>
    </form>
  );
}
