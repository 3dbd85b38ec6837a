import type { Tag } from '../route';

/** The headings of the API document of v1. */
export const RESERVATIONS: Tag = {
  name: 'Reservations',
  description: 'Ask for resources, keep them for a time, and give them back.',
};
export const USERS: Tag = {
  name: 'Users',
  description: 'People who borrow, and admins. `POST /v1/setup` makes the first one.',
};
export const TOKENS: Tag = {
  name: 'API tokens',
  description: 'Credentials for programs. A token acts for its user, with its own scopes.',
};
export const SESSIONS: Tag = {
  name: 'Sessions',
  description: 'Sign-ins of browsers, by a cookie.',
};
export const POOLS: Tag = {
  name: 'Pools',
  description: 'Resources of one kind, under one driver and one policy.',
};
export const RESOURCES: Tag = {
  name: 'Resources',
  description: 'The things that are lent: accounts, VMs, containers, tokens, hosts and items.',
};
export const RETURNS: Tag = {
  name: 'Returns',
  description: 'The records of how a resource came back, and what shows that its holder is out.',
};
export const EVENTS: Tag = {
  name: 'Events',
  description: 'Everything that happened, as a list or as a stream.',
};
export const WEBHOOKS: Tag = {
  name: 'Webhooks',
  description: 'Addresses that events are sent to, by signed calls.',
};
export const GITHUB: Tag = {
  name: 'Sign-in with GitHub',
  description: 'Only where GitHub is set up; elsewhere these paths are unknown.',
};
export const AGENTS: Tag = {
  name: 'Agents',
  description: 'The Model Context Protocol, unless MCP=false; docs/mcp.md has its tools.',
};
export const SYSTEM: Tag = {
  name: 'System',
  description: 'The server itself: its health, its version, its counts and its documents.',
};
