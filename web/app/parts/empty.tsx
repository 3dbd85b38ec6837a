import type { ComponentChildren } from 'preact';

/** Stands where a list would be that is empty; `children` tell what to do about it. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}
