export { Holdfast, type HoldfastOptions } from './holdfast';
export type { Clock, Timers } from './clock';
export type { Duration } from './duration';
export type { Ask, Reply } from './transport';
export type { CallOptions } from './groups';
export type { Listing, Page } from './listing';
export * from './errors';
export { InvalidDurationError } from './duration';
export type * from './api';
