import { useState } from 'preact/hooks';
import { CheckedText } from '../../parts/checked-field';
import { Dialog } from '../../parts/dialog';
import { Form } from '../../parts/form';
import { useAction } from '../../server/action';
import { holdfast } from '../../server/client';
import { errorAt } from '../../server/field-errors';
import type { User } from './user-form';

/** Sets the password of another user. */
export function SetPassword({ user, onClose }: { user: User; onClose: () => void }) {
  const [password, setPassword] = useState('');
  const action = useAction();
  const submit = async () => {
    const done = `${user.name} has another password.`;
    if (await action.run(() => holdfast.users.update(user.id, { password }), done)) onClose();
  };
  return (
    <Dialog title={`Set the password of ${user.name}`} onClose={onClose}>
      <Form
        submit="Set the password"
        action={action}
        onCancel={onClose}
        onSubmit={() => void submit()}
      >
        <p>Their tokens end, and every browser in which they are signed in is signed out.</p>
        <CheckedText
          label="New password"
          type="password"
          hint="At least 8 characters."
          required
          autoComplete="new-password"
          value={password}
          onValue={setPassword}
          error={errorAt(action.failure, 'password')}
        />
      </Form>
    </Dialog>
  );
}
