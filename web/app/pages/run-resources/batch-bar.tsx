import { useState } from 'preact/hooks';
import { Button } from '../../parts/button';
import { WORK_NAMES, WORKS, type Work } from '../../parts/resource-actions/works';
import { BatchDialog } from './batch-dialog';
import type { Resource } from './matching';

interface BatchBarProps {
  /** The resources that are selected one by one. */
  selected: readonly Resource[];
  /** Everything that matches; null: that is not what is selected. */
  all: ((signal: AbortSignal) => AsyncIterable<Resource>) | null;
  selectAll: () => void;
  clear: () => void;
  /** Nothing can be selected now. An open dialog stays: a batch takes its own resources away. */
  isIdle: boolean;
  onDone: () => void;
}

/** Says what is selected, and what can be done with it. */
export function BatchBar(props: BatchBarProps) {
  const { selected, all, selectAll, clear, isIdle, onDone } = props;
  const [open, setOpen] = useState<Work | null>(null);
  const works: Work[] = WORK_NAMES.map((name) => WORKS[name]);
  const fitting = all ? works : works.filter(({ fits }) => selected.some(fits));
  const isAny = all !== null || selected.length > 0;
  return (
    <>
      {!isIdle && (
        <div class="batch-bar" role="group" aria-label="Selection">
          <span role="status">
            {all ? 'All that match are selected.' : `${selected.length} selected`}
          </span>
          {!all && <Button onClick={selectAll}>Select all that match</Button>}
          {isAny && (
            <Button kind="quiet" onClick={clear}>
              Clear
            </Button>
          )}
          {isAny &&
            fitting.map((work) => (
              <Button
                key={work.words}
                kind={work.isDanger ? 'danger' : 'plain'}
                onClick={() => setOpen(work)}
              >
                {work.words}
              </Button>
            ))}
        </div>
      )}
      {open && (
        <BatchDialog
          work={open}
          source={all ?? (() => selected)}
          onDone={onDone}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  );
}
