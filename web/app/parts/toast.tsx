import { signal } from '@preact/signals';

interface Toast {
  id: number;
  text: string;
  isBad: boolean;
  /** Takes back what was done. */
  undo?: () => void;
}

/** How long each stays, in ms. */
const STAYS = 8_000;
const toasts = signal<readonly Toast[]>([]);
let last = 0;

/** Tells something in a corner of the page for some seconds; with `undo`, offers to take it back. */
export function toast(text: string, { isBad = false, undo }: Partial<Toast> = {}): void {
  const id = ++last;
  // A text without an undo says nothing new the second time.
  const others = toasts.value.filter((each) => each.undo !== undefined || each.text !== text);
  toasts.value = [...others, { id, text, isBad, undo }];
  setTimeout(() => dismiss(id), STAYS);
}

/** Takes all away: whoever sees the page next has nothing to take back. */
export function clearToasts(): void {
  toasts.value = [];
}

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((each) => each.id !== id);
}

/** The corner where that is told; screen readers say it as well. */
export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ id, text, isBad, undo }) => (
        <div key={id} class={isBad ? 'toast bad' : 'toast'}>
          <span>{text}</span>
          {undo && (
            <button
              type="button"
              onClick={() => {
                dismiss(id);
                undo();
              }}
            >
              Undo
            </button>
          )}
          <button type="button" aria-label="Dismiss" onClick={() => dismiss(id)}>
            ✕
          </button>
        </div>
      ))}
    </div>
  );
}
