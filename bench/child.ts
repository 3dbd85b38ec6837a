import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A process of the bench's own, which answers one message after another. */
export interface Child<A> {
  /** Sends a message; resolves with the answer. Rejects if the process ends. */
  ask<T>(message: A): Promise<T>;
  stop(): Promise<void>;
}

/** Starts a script of this folder in a process of its own; it ends with this one. */
export function startChild<A extends object>(script: string): Child<A> {
  const child = fork(join(__dirname, script), { serialization: 'advanced' });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${script} has ended.`)));
  ended.catch(() => undefined);
  return {
    ask: async <T>(message: A) => {
      const answered = once(child, 'message');
      child.send(message);
      const [{ answer }] = (await Promise.race([answered, ended])) as [{ answer: T }];
      return answer;
    },
    stop: async () => {
      child.disconnect();
      await ended.catch(() => undefined);
    },
  };
}
