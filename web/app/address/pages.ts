/** The values of the `:names` in the path of a page. */
export type PageParams = Readonly<Record<string, string>>;

/** A scope of the session. */
export type Need = 'read' | 'reserve' | 'self' | 'admin';

/** A page of the dashboard. */
export interface Page {
  /** Such as `/pools/:name`. */
  path: string;
  title: string;
  /** Its file in `pages/`, which is loaded when the page is first opened. */
  file: string;
  /** Its group in the navigation; without one it is not in it. */
  group?: 'lend' | 'look' | 'run';
  /** The scope that it takes to see it in the navigation, and to open it; `read` by default. */
  needs?: Need;
  /** Shown also to people who are not signed in. */
  isPublic?: true;
}

/** Every page, in the order of the navigation. */
export const PAGES: readonly Page[] = [
  { path: '/', title: 'Now', group: 'look', file: 'now' },
  { path: '/timeline', title: 'Timeline', group: 'look', file: 'timeline' },
  { path: '/history', title: 'History', group: 'look', file: 'history' },
  {
    path: '/borrow',
    title: 'Borrow',
    group: 'lend',
    needs: 'reserve',
    file: 'borrow',
  },
  { path: '/mine', title: 'Mine', group: 'lend', file: 'mine' },
  { path: '/queue', title: 'Queue', group: 'lend', file: 'queue' },
  { path: '/events', title: 'Events', group: 'look', file: 'events' },
  {
    path: '/returns',
    title: 'Returns',
    group: 'look',
    needs: 'admin',
    file: 'returns',
  },
  {
    path: '/run/pools',
    title: 'Pools',
    group: 'run',
    needs: 'admin',
    file: 'run-pools',
  },
  {
    path: '/run/resources',
    title: 'Resources',
    group: 'run',
    needs: 'admin',
    file: 'run-resources',
  },
  {
    path: '/run/users',
    title: 'Users',
    group: 'run',
    needs: 'admin',
    file: 'run-users',
  },
  {
    path: '/run/webhooks',
    title: 'Webhooks',
    group: 'run',
    needs: 'self',
    file: 'run-webhooks',
  },
  { path: '/pools/:name', title: 'Pool', file: 'pool' },
  { path: '/run/pools/:name', title: 'Pool', needs: 'admin', file: 'run-pool' },
  { path: '/run/webhooks/:id', title: 'Webhook', needs: 'self', file: 'run-webhook' },
  { path: '/resources/:id', title: 'Resource', file: 'resource' },
  { path: '/reservations/:id', title: 'Loan', file: 'reservation' },
  { path: '/me', title: 'Me', file: 'me' },
  { path: '/sign-in', title: 'Sign in', isPublic: true, file: 'sign-in' },
  { path: '/setup', title: 'Set up', isPublic: true, file: 'setup' },
];

/** The page at a path, with its parameters; null: there is none. */
export function pageAt(path: string): { page: Page; params: PageParams } | null {
  for (const page of PAGES) {
    const params = match(page.path.split('/'), path.split('/'));
    if (params) return { page, params };
  }
  return null;
}

function match(pattern: string[], path: string[]): PageParams | null {
  if (pattern.length !== path.length) return null;
  const params: Record<string, string> = {};
  // In the path of a call, they would lead to something else.
  if (path.some((part) => ['.', '..'].includes(decoded(part)))) return null;
  for (const [index, part] of pattern.entries()) {
    const given = path[index]!;
    if (part.startsWith(':') && given !== '') params[part.slice(1)] = decoded(given);
    else if (part !== given) return null;
  }
  return params;
}

/** As it is, if somebody has mistyped it. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
