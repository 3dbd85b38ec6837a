import { useState } from 'preact/hooks';
import { CheckedText } from '../../parts/checked-field';
import { Button } from '../../parts/button';
import { toast } from '../../parts/toast';
import { attempt, useAction } from '../../server/action';
import { errorAt, InputError } from '../../server/field-errors';
import { messageOf } from '../../server/problems';
import { patchTagged, readTagged } from '../../server/tagged';
import { poolPath, type Pool } from './pool-path';

/** The size of a pool, which can be changed in place. */
export function Size({ pool, again }: { pool: Pool; again: () => void }) {
  const [edited, setEdited] = useState<{ text: string; from: number } | null>(null);
  const action = useAction();
  if (pool.sizing === 'manual' || pool.deleting) return <span>{pool.size}</span>;
  const text = edited?.text ?? String(pool.size);
  const save = async () => {
    const from = edited!.from;
    const size = text.trim() === '' ? NaN : Number(text);
    if (!(await action.run(() => resize(pool.name, from, size)))) return;
    setEdited(null);
    again();
    toast(`${pool.name} has the size ${size}; it had ${from}.`, {
      undo: () => void attempt(() => resize(pool.name, size, from), undone(pool, from)).then(again),
    });
  };
  return (
    <form
      class="size"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <CheckedText
        label={`Size of ${pool.name}`}
        type="number"
        min={0}
        value={text}
        onValue={(value) => setEdited({ text: value, from: edited?.from ?? pool.size })}
        error={
          errorAt(action.failure, 'size') ?? (action.failure ? messageOf(action.failure) : null)
        }
      />
      {edited && (
        <>
          <Button type="submit" kind="main" isBusy={action.isBusy}>
            Save
          </Button>
          <Button kind="quiet" label="Keep the old size" onClick={() => setEdited(null)}>
            ✕
          </Button>
        </>
      )}
    </form>
  );
}

const undone = ({ name }: Pool, size: number) => `${name} has the size ${size} again.`;

/**
 * Sets a size, provided that the pool still has the one that was seen. Errors: `InputError` if it
 * has another one; those of the calls.
 */
async function resize(name: string, from: number, to: number): Promise<void> {
  if (!Number.isSafeInteger(to)) throw new InputError('size', 'The size is a whole number.');
  const { body, tag } = await readTagged<Pool>(poolPath(name));
  if (body.size !== from)
    throw new InputError('size', `Somebody else has set the size to ${body.size}; it was ${from}.`);
  await patchTagged(poolPath(name), { size: to }, tag);
}
