import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { ThreadBinding } from '../src/affinity';

/** An answer like that of a reservation, to the byte nearly. */
const ANSWER = {
  id: '019a0000-0000-7000-8000-000000000000',
  status: 'active',
  endReason: null,
  endDetail: null,
  position: null,
  positionIsExact: true,
  waitingFor: null,
  priority: 0,
  requestedAt: '2026-01-01T12:00:00.000Z',
  startsAt: '2026-01-01T12:00:00.000Z',
  endsAt: '2026-01-01T13:00:00.000Z',
  heartbeatBy: null,
  endedAt: null,
  userId: '019a0000-0000-7000-8000-000000000000',
  note: null,
  items: [{ pool: 'p', count: 1 }],
  resources: [
    {
      id: '019a0000-0000-7000-8000-000000000000',
      name: 'p-1',
      pool: 'p',
      kind: 'account',
      type: 'default',
      item: 0,
      generation: 1,
      details: {},
      credentials: { username: 'p-1', password: 'abcdefghijklmnopqrstuvwx' },
      rotates: true,
    },
  ],
};

const app = express();
app.use(express.json());
app.post('/v1/reservations', (_request, response) => void response.status(201).json(ANSWER));
app.delete('/v1/reservations/:id', (_request, response) => void response.status(204).end());

const server = createServer(app);
server.listen(0, '127.0.0.1', () => void serve());
process.on('SIGTERM', () => process.exit(0));

async function serve(): Promise<void> {
  if (process.env.BIND_THREADS === 'true')
    await (
      await ThreadBinding.prepare()
    ).begin((error) => process.stderr.write(`${String(error)}\n`));
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ msg: 'serving', url: `http://127.0.0.1:${port}` })}\n`);
}
