import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { address, hrefOf } from './address/address';
import { PAGES, pageAt, type Page } from './address/pages';
import { Button } from './parts/button';
import { PaletteButton, PalettePlace } from './parts/palette-opener';
import { attempt } from './server/action';
import { connection } from './server/overview';
import { may, me, signOut } from './server/session';

const GROUPS = [
  ['look', 'Look'],
  ['lend', 'Borrow'],
  ['run', 'Run'],
] as const;

/** The frame of every page: the navigation, the user who is signed in, and whether the page is live. */
export function Shell({ children }: { children: ComponentChildren }) {
  const [isOpen, setOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  const { path } = address.value;
  const isFirst = useRef(true);
  useEffect(() => {
    setOpen(false);
    // Screen readers begin to read the new page; at first, the browser does it by itself.
    if (!isFirst.current) main.current?.focus();
    isFirst.current = false;
  }, [path]);
  return (
    <div class="shell">
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to the page
      </a>
      <header class="top">
        <Button
          kind="quiet"
          label={isOpen ? 'Hide pages' : 'Show pages'}
          onClick={() => setOpen(!isOpen)}
        >
          ☰
        </Button>
        <a class="brand" href={hrefOf('/')}>
          Holdfast
        </a>
        <PaletteButton />
      </header>
      <nav class={isOpen ? 'side open' : 'side'} aria-label="Pages">
        <a class="brand" href={hrefOf('/')}>
          Holdfast
        </a>
        <PaletteButton />
        {GROUPS.map(([group, title]) => (
          <Group key={group} title={title} pages={PAGES.filter((page) => page.group === group)} />
        ))}
        <Me />
      </nav>
      <main id="main" class="page" ref={main} tabIndex={-1}>
        <Connection />
        {children}
      </main>
      <PalettePlace />
    </div>
  );
}

function Group({ title, pages }: { title: string; pages: readonly Page[] }) {
  const open = pages.filter(({ needs = 'read' }) => may(needs));
  const current = pageAt(address.value.path)?.page;
  if (open.length === 0) return null;
  return (
    <section class="nav-group">
      <h2>{title}</h2>
      <ul>
        {open.map((page) => (
          <li key={page.path}>
            <a href={hrefOf(page.path)} aria-current={page === current ? 'page' : undefined}>
              {page.title}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Me() {
  return (
    <div class="nav-me">
      <a href={hrefOf('/me')} aria-current={address.value.path === '/me' ? 'page' : undefined}>
        <bdi>{me.value?.name}</bdi>
      </a>
      {!may('reserve') && <span class="hint">may only look</span>}
      <Button kind="quiet" onClick={() => void attempt(signOut)}>
        Sign out
      </Button>
    </div>
  );
}

function Connection() {
  return (
    <p class="connection" role="status">
      {connection.value === 'lost' &&
        'The connection is gone: this page shows what was. Trying again …'}
    </p>
  );
}
