import type { ComponentChildren } from 'preact';
import '../styles/gate.css';

/** The frame of pages for people who are not signed in. */
export function Gate({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <main class="gate">
      <p class="brand">Holdfast</p>
      <div class="card stack">
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  );
}
