import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import '../styles/gate.css';

/** The frame of pages for people who are not signed in. */
export function Gate({ title, children }: { title: string; children: ComponentChildren }) {
  const main = useRef<HTMLElement>(null);
  // People come here to type.
  useEffect(() => main.current?.querySelector('input')?.focus(), []);
  return (
    <main class="gate" ref={main}>
      <p class="brand">Holdfast</p>
      <div class="card stack">
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  );
}
