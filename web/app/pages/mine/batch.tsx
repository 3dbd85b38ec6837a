import { useState } from 'preact/hooks';
import { Button } from '../../parts/button';
import { EndDialog, type Endable } from '../../parts/loans/end-dialog';
import { ExtendDialog } from '../../parts/loans/extend-dialog';

interface BatchProps {
  /** All of them are lent, or all of them wait. */
  selected: readonly Endable[];
  /** Those that have an end, which can be put off. */
  extendable?: readonly Endable[];
  onDone: () => void;
}

/** The question that is open, and the loans that it is about. */
interface Asked {
  extend?: readonly Endable[];
  end?: readonly Endable[];
}

/** The buttons for the selected loans or requests; nothing while none is selected. */
export function Batch({ selected, extendable = [], onDone }: BatchProps) {
  // Its targets are those that were selected when it was opened, whatever becomes of them meanwhile.
  const [dialog, setDialog] = useState<Asked | null>(null);
  if (selected.length === 0 && dialog === null) return null;
  const isWaiting = selected.some((target) => target.isWaiting);
  const close = () => setDialog(null);
  return (
    <div class="batch row" role="group" aria-label="Selected">
      <span>{selected.length} selected</span>
      {extendable.length > 0 && (
        <Button onClick={() => setDialog({ extend: extendable })}>Extend …</Button>
      )}
      <Button kind="danger" onClick={() => setDialog({ end: selected })}>
        {isWaiting ? 'Cancel …' : 'Release …'}
      </Button>
      {dialog?.extend && <ExtendDialog targets={dialog.extend} onDone={onDone} onClose={close} />}
      {dialog?.end && <EndDialog targets={dialog.end} onDone={onDone} onClose={close} />}
    </div>
  );
}
