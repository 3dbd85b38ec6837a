import type { ComponentChildren } from 'preact';

interface PageHeadProps {
  title: ComponentChildren;
  /** Beneath the title, in one line. */
  about?: ComponentChildren;
  /** Buttons, at the end of the line. */
  children?: ComponentChildren;
}

/** The head of a page: its title, and what can be done on it as a whole. */
export function PageHead({ title, about, children }: PageHeadProps) {
  return (
    <header class="page-head">
      <div class="page-head-words">
        <h1>
          <bdi>{title}</bdi>
        </h1>
        {about && <p class="about">{about}</p>}
      </div>
      {children && <div class="page-head-actions">{children}</div>}
    </header>
  );
}
