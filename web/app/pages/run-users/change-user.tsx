import { useState } from 'preact/hooks';
import { pathOf } from '../../address/address';
import { Busy } from '../../parts/busy';
import { Button } from '../../parts/button';
import { Dialog } from '../../parts/dialog';
import { Failure } from '../../parts/failure';
import { Form } from '../../parts/form';
import { toast } from '../../parts/toast';
import { attempt, useAction } from '../../server/action';
import { isStale } from '../../server/field-errors';
import { useRead } from '../../server/query';
import { patchTagged, readTagged, type Tagged } from '../../server/tagged';
import { UserFields, type User, type WrittenUser } from './user-form';

interface ChangeUserProps {
  user: User;
  onClose: () => void;
  onDone: () => void;
}

/** Changes a user, as they were when the dialog opened. */
export function ChangeUser({ user, onClose, onDone }: ChangeUserProps) {
  const { data, failure, again } = useRead(
    `user ${user.id}`,
    (signal) => readTagged<User>(userPath(user), signal),
    // The form keeps what was read, so that a change of somebody else is noticed.
    () => false,
  );
  return (
    <Dialog title={`Change ${user.name}`} onClose={onClose}>
      <Failure of={failure} />
      {!data && !failure && <Busy what={user.name} />}
      {data && (
        <Fields key={data.tag} read={data} again={again} onClose={onClose} onDone={onDone} />
      )}
    </Dialog>
  );
}

interface FieldsProps extends Omit<ChangeUserProps, 'user'> {
  read: Tagged<User>;
  again: () => void;
}

function Fields({ read: { body: user, tag }, again, onClose, onDone }: FieldsProps) {
  const before = writtenOf(user);
  const [written, setWritten] = useState(before);
  const action = useAction();
  const submit = async () => {
    let saved: Tagged<User> | undefined;
    const change = changeBetween(before, written);
    await action.run(async () => (saved = await patchTagged(userPath(user), change, tag)));
    if (!saved) return;
    onClose();
    onDone();
    toast(`${saved.body.name} is changed.`, { undo: undoOf(saved, before, written, onDone) });
  };
  return (
    <Form submit="Save" action={action} onCancel={onClose} onSubmit={() => void submit()}>
      <UserFields
        written={written}
        set={(change) => setWritten({ ...written, ...change })}
        failure={action.failure}
      />
      {isStale(action.failure) && <Button onClick={again}>Show the user as they are now</Button>}
    </Form>
  );
}

/** The path of a user in the API. */
export function userPath({ id }: Pick<User, 'id'>): string {
  return pathOf('v1', 'users', id);
}

function writtenOf({ name, email, username, role }: User): WrittenUser {
  return { name, email: email ?? '', username: username ?? '', role };
}

function changeBetween(from: WrittenUser, to: WrittenUser): Partial<WrittenUser> {
  const names = Object.keys(to) as (keyof WrittenUser)[];
  const changed = names.filter((name) => from[name] !== to[name]);
  return Object.fromEntries(changed.map((name) => [name, to[name]]));
}

function undoOf(
  { tag, body }: Tagged<User>,
  before: WrittenUser,
  after: WrittenUser,
  done: () => void,
) {
  const change = changeBetween(after, before);
  // An address or a name that was added cannot be taken away again.
  if (Object.values(change).includes('')) return undefined;
  return () =>
    void attempt(
      () => patchTagged(userPath(body), change, tag),
      `${before.name} is as they were before.`,
    ).then(done);
}
