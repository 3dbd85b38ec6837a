import { Button } from '../../parts/button';
import { Failure } from '../../parts/failure';
import { toast } from '../../parts/toast';
import { attempt, useAction } from '../../server/action';
import { errorAt } from '../../server/field-errors';
import { patchTagged, type Tagged } from '../../server/tagged';
import { poolPath } from '../run-pools/pool-path';
import { changeBetween, changedFields, fieldsOf, textsOf, type Pool, type Texts } from './draft';
import { POLICY, type PolicyField } from './policy';
import { PolicyInput } from './policy-input';
import { useDraft, type Draft } from './use-draft';

/** Changes the policy of a pool, under the tag with which it was read. */
export function PolicyForm({ pool: latest, again }: { pool: Tagged<Pool>; again: () => void }) {
  const draft = useDraft(latest);
  const action = useAction();
  const { body: pool, tag } = draft.base;
  const save = async () => {
    const before = textsOf(pool);
    let saved: Tagged<Pool> | undefined;
    const isDone = await action.run(async () => {
      const change = changeBetween(fieldsOf(pool), before, draft.texts);
      saved = await patchTagged<Pool>(poolPath(pool.name), change, tag);
    });
    again();
    if (!isDone || !saved) return;
    draft.saved(saved);
    toast(`${pool.name} is changed.`, { undo: undoOf(saved, before, draft.texts, again) });
  };
  return (
    <form
      class="stack"
      aria-label={`Policy of ${pool.name}`}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      {POLICY.map(({ title, fields }) => (
        <fieldset key={title} class="card policy">
          <legend>{title}</legend>
          <div class="field-grid">
            {fields.filter(isFieldOf(pool)).map((field) => (
              <PolicyInput
                key={field.path}
                field={field}
                value={draft.texts[field.path]!}
                onValue={(text) => draft.set(field.path, text)}
                error={errorAt(action.failure, field.path)}
              />
            ))}
          </div>
        </fieldset>
      ))}
      <div class="policy-end">
        <Meanwhile draft={draft} />
        <Failure of={action.failure} />
        <div class="form-end">
          {draft.isChanged && <Button onClick={draft.takeTheirs}>Drop the changes</Button>}
          <Button
            type="submit"
            kind="main"
            disabled={!draft.isChanged || draft.meanwhile.length > 0}
            isBusy={action.isBusy}
          >
            Save
          </Button>
        </div>
      </div>
    </form>
  );
}

const isFieldOf = (pool: Pool) => {
  const paths = new Set(fieldsOf(pool).map(({ path }) => path));
  return ({ path }: PolicyField) => paths.has(path);
};

/** Says that somebody else has changed the pool, before anything of theirs is overwritten. */
function Meanwhile({ draft: { isChanged, meanwhile, keepMine, takeTheirs } }: { draft: Draft }) {
  if (!isChanged || meanwhile.length === 0) return null;
  return (
    <div class="meanwhile" role="alert">
      <span>Somebody else has changed this pool meanwhile: {meanwhile.join(', ')}.</span>
      <span class="row">
        <Button onClick={keepMine}>Keep my changes</Button>
        <Button onClick={takeTheirs}>Take theirs</Button>
      </span>
    </div>
  );
}

/** Puts back what was saved, unless somebody else has changed the pool since. */
function undoOf({ body, tag }: Tagged<Pool>, before: Texts, after: Texts, again: () => void) {
  const fields = fieldsOf(body);
  const wasUnset = changedFields(fields, before, after).some(
    ({ path, kind }) => kind === 'duration' && before[path] === '',
  );
  // No call makes a duration unset again.
  if (wasUnset) return undefined;
  const change = changeBetween(fields, after, before);
  return () =>
    void attempt(
      () => patchTagged(poolPath(body.name), change, tag),
      `${body.name} is as it was before.`,
    ).then(again);
}
