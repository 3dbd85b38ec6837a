import { useState } from 'preact/hooks';
import { Button } from './button';

/** Copies a text. Over plain HTTP browsers offer no clipboard: then an old way does. */
async function copy(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  // Within an open dialog, nothing outside of it can be selected.
  const place = document.querySelector('dialog[open]') ?? document.body;
  place.append(area);
  area.select();
  const isDone = document.execCommand('copy');
  area.remove();
  if (!isDone) throw new Error('The browser does not let this page copy.');
}

interface CopyProps {
  text: string;
  /** Says which text it is. */
  what: string;
  /** The words of the button. */
  words?: string;
}

/** A button that copies a text. */
export function Copy({ text, what, words: idle = 'Copy' }: CopyProps) {
  const [state, setState] = useState<'idle' | 'done' | 'failed'>('idle');
  const words = { idle, done: 'Copied', failed: 'Not copied' }[state];
  return (
    <Button
      kind="quiet"
      label={`${words}: ${what}`}
      onClick={() =>
        void copy(text).then(
          () => setState('done'),
          () => setState('failed'),
        )
      }
    >
      {words}
    </Button>
  );
}
