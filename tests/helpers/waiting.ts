import type { TestServer } from './server';

/** Resolves when that many reservations are queued, or waiting for their access. */
export function reached(
  server: TestServer,
  status: 'queued' | 'preparing',
  count: number,
): Promise<void> {
  const { store } = server.test.engine;
  return new Promise((resolve) => {
    const look = async () => {
      if ((await store.read.liveReservations())[status] < count) return;
      stop();
      resolve();
    };
    const stop = store.onChange(() => void look());
    void look();
  });
}

/** The call under way; supertest begins it only when its answer is awaited. */
export async function begun<T>(call: PromiseLike<T>): Promise<T> {
  return call;
}
