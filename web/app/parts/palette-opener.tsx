import { signal } from '@preact/signals';
import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { attempt } from '../server/action';

const isOpen = signal(false);

/** Does this machine call the key ⌘? */
const isApple = /mac|iphone|ipad/i.test(navigator.platform);

/** A button that opens the palette. */
export function PaletteButton() {
  return (
    <button
      type="button"
      class="button palette-button"
      aria-keyshortcuts="Control+K Meta+K"
      onClick={() => (isOpen.value = true)}
    >
      <span>Go to …</span>
      <kbd>{isApple ? '⌘K' : 'Ctrl K'}</kbd>
    </button>
  );
}

type Palette = FunctionComponent<{ onClose: () => void }>;

/** The place of the palette, which ⌘K and Ctrl+K open; its code is loaded when it first opens. */
export function PalettePlace() {
  const [loaded, setLoaded] = useState<{ Palette: Palette } | null>(null);
  const close = () => (isOpen.value = false);
  useEffect(() => {
    addEventListener('keydown', onKey);
    return () => {
      removeEventListener('keydown', onKey);
      close();
    };
  }, []);
  useEffect(() => {
    if (isOpen.value && !loaded)
      void attempt(async () => setLoaded(await import('./palette').catch(notLoaded))).then(
        (isThere) => {
          if (!isThere) close();
        },
      );
  }, [isOpen.value]);
  return isOpen.value && loaded ? <loaded.Palette onClose={close} /> : null;
}

/** As after an upgrade: the server has other files than this page asks for. */
function notLoaded(): never {
  throw new Error('This could not be loaded. Reload the page.');
}

function onKey(event: KeyboardEvent): void {
  if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey) || event.altKey) return;
  // The browser has a meaning of its own for it.
  event.preventDefault();
  const isCovered = document.querySelector('dialog[open]') !== null;
  isOpen.value = !isOpen.value && !isCovered;
}
