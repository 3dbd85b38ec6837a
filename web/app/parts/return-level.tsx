import type { Schemas } from '../server/client';
import { Badge } from './badge';

export type Level = Schemas['ReturnRecord']['level'];

/** The meaning of each level, in words. */
export const LEVELS: Readonly<Record<Level, string>> = {
  R0: 'nothing was shown',
  R1: 'the login of the last holder is refused',
  R2: 'the login, and all tokens and sessions made from it, are refused',
  R3: 'the login and its tokens are refused, and planted things were searched for twice',
  R4: 'the resource is a new one, and the old one is gone',
};

/** A level of a return; `needed`: the one that the pool asked for. */
export function ReturnLevel({ level, needed }: { level: Level; needed?: Level | null }) {
  const isShort = needed !== null && needed !== undefined && level < needed;
  return (
    <Badge kind={isShort ? 'bad' : level === 'R0' ? 'plain' : 'good'} title={LEVELS[level]}>
      {level}
    </Badge>
  );
}
