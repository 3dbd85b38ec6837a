import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { placeOfText } from './address';
import { Shares } from './shares';

/** How many connections a server keeps open. */
export interface ConnectionLimits {
  most: number;
  /** From one address that is no trusted proxy; in IPv6, from one /56. */
  perAddress: number;
}

/** The part of all connections that is kept for calls that have to be answered, and the least of it. */
const KEPT = 0.1;
const LEAST_KEPT = 4;
/** The part of all connections on which answers may be held, and one address's part of that. */
const HELD = 0.5;
const HELD_BY_ONE = 0.75;

interface Connection {
  place: string;
  /** Opened when its address, or all together, had no more than the kept part left. */
  late: boolean;
  /** The request that is being answered. */
  request: IncomingMessage | null;
}

/**
 * Bounds the connections of a server. The last part of them serves only the routes that are marked
 * `whenFull`, such as probes and releases. When only that part is left, one is closed on which no
 * complete request waits for its answer: the oldest of the address that has most connections.
 */
export class Connections {
  /** In the order in which they were opened. */
  private readonly open = new Map<Socket, Connection>();
  private readonly places = new Shares();
  private readonly held: Shares;
  private readonly kept: number;
  private isProxy: (address: string, hop: number) => boolean = () => false;

  constructor(private readonly limits: ConnectionLimits) {
    this.kept = Math.max(LEAST_KEPT, Math.floor(limits.most * KEPT));
    const most = Math.floor(limits.most * HELD);
    this.held = new Shares(most, Math.floor(most * HELD_BY_ONE));
  }

  /** Begins to count the connections of a server; it must not listen yet. */
  watch(server: Server): void {
    server.on('connection', (socket: Socket) => this.admit(socket));
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const connection = this.open.get(request.socket);
      if (!connection) return;
      connection.request = request;
      response.on('close', () => (connection.request = null));
    });
  }

  /** Names the trusted proxies, whose connections carry the calls of many. */
  except(isProxy: (address: string, hop: number) => boolean): void {
    this.isProxy = isProxy;
  }

  /** Is a connection one of the last, on which only routes with `whenFull` are served? */
  isLate(socket: Socket): boolean {
    const connection = this.open.get(socket);
    if (!connection?.late) return false;
    connection.late = this.isFull(0) || this.isOver(socket, connection.place, 0);
    return connection.late;
  }

  /** Takes one of the places for held answers; returns how to leave it, or null if none is left. */
  hold(place: string): (() => void) | null {
    return this.held.take(place);
  }

  private admit(socket: Socket): void {
    const place = placeOfText(socket.remoteAddress ?? '');
    if (this.isFull(1)) this.makeRoom();
    const isLate = this.isFull(1) || this.isOver(socket, place, 1);
    if (this.open.size >= this.limits.most || this.isOver(socket, place, -this.kept))
      return void socket.destroy();
    const leave = this.places.take(place)!;
    this.open.set(socket, { place, late: isLate, request: null });
    socket.on('close', () => {
      leave();
      this.open.delete(socket);
    });
  }

  /** Would so many more leave no more than the kept part? */
  private isFull(more: number): boolean {
    return this.open.size + more > this.limits.most - this.kept;
  }

  /** Would an address with so many more connections have more than its part? */
  private isOver({ remoteAddress }: Socket, place: string, more: number): boolean {
    if (this.isProxy(remoteAddress ?? '', 0)) return false;
    return this.places.of(place) + more > this.limits.perAddress;
  }

  private makeRoom(): void {
    let idlest: { socket: Socket; among: number } | null = null;
    for (const [socket, { place, request }] of this.open) {
      // A request whose body is still to come may take as long as its sender likes.
      if (request?.complete) continue;
      const among = this.places.of(place);
      if (idlest === null || among > idlest.among) idlest = { socket, among };
    }
    if (!idlest) return;
    this.open.delete(idlest.socket);
    idlest.socket.destroy();
  }
}
