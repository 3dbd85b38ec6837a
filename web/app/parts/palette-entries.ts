import { go, hrefOf, pathOf } from '../address/address';
import { PAGES } from '../address/pages';
import { attempt } from '../server/action';
import { overview } from '../server/overview';
import { may, mayOpen, signOut } from '../server/session';
import { STATES } from './state';

/** Something that the palette finds. */
export interface Entry {
  key: string;
  words: string;
  /** The sort of thing that it is, or more about it. */
  hint: string;
  run: () => void;
}

/** The most that the palette shows. */
const MOST = 12;

/** The entries that have all words of a text; those that begin with it come first. */
export function entriesFor(text: string): Entry[] {
  const asked = text.trim().toLowerCase();
  const words = asked.split(/\s+/);
  const found = allEntries().filter((entry) => {
    const all = `${entry.words} ${entry.hint}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
  const rank = (entry: Entry) => (entry.words.toLowerCase().startsWith(asked) ? 0 : 1);
  const best = [...found].sort((a, b) => rank(a) - rank(b)).slice(0, MOST);
  return [...best, ...byName(text.trim(), best)];
}

function allEntries(): Entry[] {
  const pools = overview.value?.pools ?? [];
  return [
    ...pages(),
    ...pools.map(({ name, kind }) => leading(pathOf('pools', name), name, `pool, ${kind}`)),
    ...(may('reserve') ? pools.map(({ name }) => borrowing(name)) : []),
    ...pools.flatMap(({ resources }) =>
      (resources ?? []).map(({ id, name, state }) =>
        leading(pathOf('resources', id), name, STATES[state]),
      ),
    ),
    { key: 'sign out', words: 'Sign out', hint: '', run: () => void attempt(signOut) },
  ];
}

/** The pages of the navigation, and that of the user. */
function pages(): Entry[] {
  return PAGES.filter((page) => (page.group ?? page.path === '/me') && mayOpen(page)).map(
    ({ path, title }) => leading(path, title, path.startsWith('/run') ? 'page, Run' : 'page'),
  );
}

function leading(path: string, words: string, hint: string): Entry {
  return { key: path, words, hint, run: () => go(hrefOf(path)) };
}

function borrowing(pool: string): Entry {
  return {
    key: `borrow ${pool}`,
    words: `Borrow from ${pool}`,
    hint: '',
    run: () => go(hrefOf('/borrow', { pool })),
  };
}

/** Resources of large pools are not all known here: the server finds one by its exact name. */
function byName(name: string, found: readonly Entry[]): Entry[] {
  const isName = /^\S{1,200}$/.test(name) && !found.some(({ words }) => words === name);
  const isLarge = overview.value?.pools.some(({ resources }) => resources === null) ?? false;
  if (!isName || !isLarge) return [];
  return [leading(pathOf('resources', name), name, 'resource of exactly this name')];
}
