import { useState } from 'preact/hooks';
import { CheckedChoice, CheckedText } from '../../parts/checked-field';
import { Dialog } from '../../parts/dialog';
import { Form } from '../../parts/form';
import { useAction } from '../../server/action';
import { holdfast, type Schemas } from '../../server/client';
import { errorAt } from '../../server/field-errors';

export type User = Schemas['User'];
type Role = User['role'];

/** The texts about a user; empty: none. */
export interface WrittenUser {
  name: string;
  email: string;
  username: string;
  role: Role;
}

interface UserFieldsProps {
  written: WrittenUser;
  set: (change: Partial<WrittenUser>) => void;
  failure: unknown;
}

/** The fields of a user, but for the password. */
export function UserFields({ written, set, failure }: UserFieldsProps) {
  const error = (field: string) => errorAt(failure, field);
  return (
    <>
      <CheckedText
        label="Name"
        hint="Others read it."
        required
        maxLength={200}
        autoComplete="off"
        value={written.name}
        onValue={(name) => set({ name })}
        error={error('name')}
      />
      <CheckedText
        label="E-mail address"
        type="email"
        hint="Signs in together with the password."
        autoComplete="off"
        value={written.email}
        onValue={(email) => set({ email })}
        error={error('email')}
      />
      <CheckedText
        label="User name"
        hint="A short name, which is nobody else's."
        autoComplete="off"
        value={written.username}
        onValue={(username) => set({ username })}
        error={error('username')}
      />
      <CheckedChoice
        label="Role"
        options={ROLES}
        value={written.role}
        onValue={(role) => set({ role: role as Role })}
        error={error('role')}
      />
    </>
  );
}

const ROLES = [
  ['user', 'user: borrows, and sees their own'],
  ['admin', 'admin: may do everything'],
] as const;

const BLANK: WrittenUser = { name: '', email: '', username: '', role: 'user' };

/** Adds a user. */
export function NewUser({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const [written, setWritten] = useState(BLANK);
  const [password, setPassword] = useState('');
  const action = useAction();
  const submit = async () => {
    const given = Object.entries({ ...written, password }).filter(([, text]) => text !== '');
    const body = Object.fromEntries(given) as Schemas['NewUser'];
    if (!(await action.run(() => holdfast.users.create(body), `${written.name} is added.`))) return;
    onClose();
    onDone();
  };
  return (
    <Dialog title="New user" onClose={onClose}>
      <Form submit="Add the user" action={action} onCancel={onClose} onSubmit={() => void submit()}>
        <UserFields
          written={written}
          set={(change) => setWritten({ ...written, ...change })}
          failure={action.failure}
        />
        <CheckedText
          label="Password"
          type="password"
          hint="At least 8 characters. Without one, they sign in with GitHub, if this server offers that."
          autoComplete="new-password"
          value={password}
          onValue={setPassword}
          error={errorAt(action.failure, 'password')}
        />
      </Form>
    </Dialog>
  );
}
