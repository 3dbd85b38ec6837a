import type { ComponentChildren } from 'preact';

/** A word about something, set apart. `title`: more about it, on hover. */
export function Badge({
  children,
  kind = 'plain',
  title,
}: {
  children: ComponentChildren;
  kind?: 'plain' | 'good' | 'warn' | 'bad';
  title?: string;
}) {
  return (
    <span class={`badge ${kind}`} title={title}>
      {children}
    </span>
  );
}
