import { useEffect, useId, useRef, useState } from 'preact/hooks';
import '../styles/palette.css';
import { useModal } from './modal';
import { entriesFor, type Entry } from './palette-entries';

/** Finds pages, pools, resources and things to do by their names. Escape closes it. */
export function Palette({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const id = useId();
  useModal(dialog);
  const entries = entriesFor(text);
  const current = Math.min(chosen, entries.length - 1);
  const run = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    entry.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const to = indexAfter(event.key, current, entries.length);
    if (event.key === 'Enter') run(entries[current]);
    else if (to === null) return;
    else setChosen(to);
    event.preventDefault();
  };
  return (
    <dialog
      ref={dialog}
      class="dialog palette"
      aria-label="Go to"
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={({ target }) => target === dialog.current && onClose()}
    >
      <input
        type="text"
        role="combobox"
        aria-label="Find a page, pool or resource"
        placeholder="Find a page, pool or resource"
        aria-expanded={entries.length > 0}
        aria-autocomplete="list"
        aria-controls={`${id}-list`}
        aria-activedescendant={entries.length > 0 ? `${id}-${current}` : undefined}
        autoComplete="off"
        spellcheck={false}
        value={text}
        onInput={({ currentTarget }) => {
          setText(currentTarget.value);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul id={`${id}-list`} role="listbox" aria-label="Found">
        {entries.map((entry, index) => (
          <Option
            key={entry.key}
            id={`${id}-${index}`}
            entry={entry}
            isChosen={index === current}
            onPick={() => run(entry)}
          />
        ))}
      </ul>
      <p class={entries.length > 0 ? 'unseen' : 'hint none'} role="status">
        {entries.length > 0 ? `${entries.length} found` : 'Nothing is called that.'}
      </p>
    </dialog>
  );
}

interface OptionProps {
  id: string;
  entry: Entry;
  isChosen: boolean;
  onPick: () => void;
}

function Option({ id, entry: { words, hint }, isChosen, onPick }: OptionProps) {
  const element = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isChosen) element.current?.scrollIntoView({ block: 'nearest' });
  }, [isChosen]);
  return (
    <li
      ref={element}
      id={id}
      role="option"
      aria-selected={isChosen}
      // The field keeps the focus.
      onMouseDown={(event) => event.preventDefault()}
      onClick={onPick}
    >
      <bdi>{words}</bdi>
      <span class="hint">{hint}</span>
    </li>
  );
}

/** The index to which a key leads among `count` entries; null: it leads nowhere. */
function indexAfter(key: string, index: number, count: number): number | null {
  if (count === 0) return null;
  if (key === 'ArrowDown') return (index + 1) % count;
  if (key === 'ArrowUp') return (index + count - 1) % count;
  return null;
}
