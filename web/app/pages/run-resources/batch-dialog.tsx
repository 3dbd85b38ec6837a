import { useEffect, useState } from 'preact/hooks';
import { Busy } from '../../parts/busy';
import { Button } from '../../parts/button';
import { Dialog } from '../../parts/dialog';
import { useHold } from '../../parts/dialog-hold';
import { Failure } from '../../parts/failure';
import { Form } from '../../parts/form';
import { TermsFields } from '../../parts/resource-actions/terms-fields';
import { undoOf, type Terms, type Work } from '../../parts/resource-actions/works';
import { toast } from '../../parts/toast';
import { useIsGone } from '../../server/action';
import { Batch } from '../../server/batch';
import { BatchProgress } from './batch-progress';
import type { Resource } from './matching';

interface BatchDialogProps {
  work: Work;
  /** Finds the selection anew, so that the count is that of now. */
  source: (signal: AbortSignal) => AsyncIterable<Resource> | Iterable<Resource>;
  onDone: () => void;
  onClose: () => void;
}

/** The resources that a batch would hit. */
interface Hit {
  fitting: Resource[];
  /** How many of what is selected are in another state. */
  others: number;
}

/** One go at it. */
interface Run {
  batch: Batch<Resource>;
  /** Done before by goes of which this is the rest; null: this takes them back. */
  before: readonly Resource[] | null;
  done: string;
}

const NO_FAILURE = { run: async () => false, isBusy: false, failure: null };

/** Counts what is selected, asks, does it, shows how far it is, and offers to take it back. */
export function BatchDialog({ work, source, onDone, onClose }: BatchDialogProps) {
  const { hit, failure } = useHit(work, source);
  const [terms, setTerms] = useState<Terms>({ reason: '', until: '' });
  const [run, setRun] = useState<Run | null>(null);
  const isGone = useIsGone();
  const start = (next: Run) => {
    setRun(next);
    void next.batch.run().then(() => {
      if (isGone.current) tell(next);
      onDone();
    });
  };
  const act = (items: readonly Resource[], before: readonly Resource[]) =>
    start({ batch: new Batch(items, (each) => work.run(each, terms)), before, done: work.done });
  const many = hit ? `${hit.fitting.length} ${plural(hit.fitting.length)}` : '';
  return (
    <Dialog title={`${work.title} ${many}`} onClose={onClose}>
      <Failure of={failure} />
      {!hit && !failure && <Busy what="Counting" />}
      {hit && hit.fitting.length === 0 && <p>Nothing that is selected is in a state for this.</p>}
      {hit && hit.fitting.length > 0 && !run && (
        <Form
          submit={`${work.words.replace(' …', '')}: ${many}`}
          action={NO_FAILURE}
          isDanger={work.isDanger}
          onCancel={onClose}
          onSubmit={() => act(hit.fitting, [])}
        >
          <p>
            This is for {many}, one by one. {work.effect}
          </p>
          {hit.others > 0 && (
            <p class="hint">
              {hit.others} more of what is selected {hit.others === 1 ? 'is' : 'are'} left out:
              their state does not fit, or another one stands for them.
            </p>
          )}
          <TermsFields work={work} terms={terms} onTerms={setTerms} failure={null} />
        </Form>
      )}
      {run && (
        <>
          <BatchProgress batch={run.batch} done={run.done} />
          <Ends run={run} work={work} act={act} start={start} close={onClose} />
        </>
      )}
    </Dialog>
  );
}

const plural = (count: number) => (count === 1 ? 'resource' : 'resources');

/** Says how it ended to those who have left the page of the dialog. */
function tell({ batch: { state }, done }: Run): void {
  const { total, done: count, failed } = state.value;
  const text = `${count} of ${total} done (${done})`;
  toast(failed > 0 ? `${text}, ${failed} failed.` : `${text}.`, { isBad: failed > 0 });
}

/** Finds what is selected once, when the dialog opens. */
function useHit(work: Work, source: BatchDialogProps['source']) {
  const [hit, setHit] = useState<Hit | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  useEffect(() => {
    const end = new AbortController();
    find(work, source(end.signal)).then(setHit, (error: unknown) => {
      if (!end.signal.aborted) setFailure(error);
    });
    return () => end.abort();
  }, []);
  return { hit, failure };
}

async function find(
  { fits, target = ({ id }) => id }: Work,
  source: AsyncIterable<Resource> | Iterable<Resource>,
): Promise<Hit> {
  const fitting = new Map<string, Resource>();
  let all = 0;
  for await (const resource of source) {
    all++;
    const key = target(resource);
    if (fits(resource) && !fitting.has(key)) fitting.set(key, resource);
  }
  return { fitting: [...fitting.values()], others: all - fitting.size };
}

interface EndsProps {
  run: Run;
  work: Work;
  act: (items: readonly Resource[], before: readonly Resource[]) => void;
  start: (run: Run) => void;
  close: () => void;
}

/** Stop while it runs; afterwards Undo, Try the failed again, Close. */
function Ends({ run, work, act, start, close }: EndsProps) {
  const { batch, before } = run;
  const { phase } = batch.state.value;
  const isRunning = phase === 'ready' || phase === 'running';
  useHold(isRunning);
  if (isRunning)
    return (
      <div class="form-end">
        <Button onClick={() => batch.stop()}>Stop</Button>
      </div>
    );
  const failed = batch.failed.map(({ item }) => item);
  const done = before && [...before, ...batch.done];
  const undoable = done?.filter((each) => undoOf(work, each)) ?? [];
  const undo = () =>
    start({
      batch: new Batch(undoable, async (each) => undoOf(work, each)?.()),
      before: null,
      done: 'as before',
    });
  return (
    <div class="form-end">
      {done && failed.length > 0 && (
        <Button onClick={() => act(failed, done)}>Try {failed.length} again</Button>
      )}
      {undoable.length > 0 && <Button onClick={undo}>Undo {undoable.length}</Button>}
      <Button kind="main" onClick={close}>
        Close
      </Button>
    </div>
  );
}
