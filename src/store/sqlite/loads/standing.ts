import { NO_CAPS, type Caps, type Standing } from '../../../domain/caps';
import type { Db } from '../database';

/** Counts what caps bound, by index and no further than one past each cap: what is not bounded is not looked at. */
export function standingLoader(db: Db): (userId: string | undefined, caps: Caps | undefined, lineIds: number[]) => Standing {
  const counter = (table: string, where: string) => {
    const select = db.$client.prepare<(string | number)[], number>(`SELECT count(*) FROM (SELECT 1 FROM ${table} WHERE ${where} LIMIT ?)`).pluck();
    return (key: string | number, cap: number | null) => (cap === null ? 0 : select.get(key, cap + 1)!);
  };
  const held = counter('reservations', "user_id = ? AND status IN ('active', 'preparing') AND ended_at IS NULL");
  const waiting = counter('reservations', "user_id = ? AND status = 'queued' AND ended_at IS NULL");
  const inLine = counter('waits', 'line_id = ? AND missing > 0 AND resource_id IS NULL');
  return (userId, caps = NO_CAPS, lineIds) => ({
    active: userId === undefined ? 0 : held(userId, caps.active),
    queued: userId === undefined ? 0 : waiting(userId, caps.queued),
    line: Math.max(0, ...lineIds.map((lineId) => inLine(lineId, caps.line))),
  });
}
