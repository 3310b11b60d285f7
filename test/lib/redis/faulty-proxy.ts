import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { relay } from './relay.ts';

/** What can happen to a piece of traffic. */
export interface ProxyFaults {
  /** Chance that a reply is lost with its connection. */
  readonly cutReply: number;
  /** Chance that half of a reply arrives before the connection breaks. */
  readonly tearReply: number;
  /** Chance that a request is lost with its connection. */
  readonly cutRequest: number;
  /** Chance that a reply waits, and for how long at most. */
  readonly delayReply: number;
  readonly maxDelayMs: number;
}

/** A way to a server on which connections break. */
export interface FaultyProxy {
  readonly port: number;
  readonly url: string;
  /** Connections broken so far. */
  readonly cuts: number;
  /** From now on nothing is lost. */
  heal(): void;
  /** From now on nothing goes through, and nobody is told: connections stay open. */
  stall(): void;
  /** Breaks all connections; new ones lead to another port of this machine. */
  lead(port: number): void;
  close(): Promise<void>;
}

/** Starts a proxy in front of a port of this machine. */
export async function startFaultyProxy(
  targetPort: number,
  faults: ProxyFaults,
  random: () => number,
): Promise<FaultyProxy> {
  const proxy = new Proxy(targetPort, faults, random);
  await proxy.listen();
  return proxy;
}

class Proxy implements FaultyProxy {
  cuts = 0;
  readonly #server = createServer((socket) => this.#join(socket));
  readonly #sockets: Set<Socket> = new Set();
  #targetPort: number;
  readonly #random: () => number;
  #faults: ProxyFaults | null;
  #isStalled = false;

  constructor(targetPort: number, faults: ProxyFaults, random: () => number) {
    this.#targetPort = targetPort;
    this.#faults = faults;
    this.#random = random;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  heal(): void {
    this.#faults = null;
    this.#isStalled = false;
  }

  stall(): void {
    this.#isStalled = true;
  }

  lead(port: number): void {
    this.#targetPort = port;
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket): void {
    const { server, breakBoth } = relay(client, this.#targetPort, this.#sockets);
    client.on('data', (piece: Buffer) => {
      if (this.#isStalled) return;
      if (this.#happens(this.#faults?.cutRequest)) this.#cut(breakBoth);
      else server.write(piece);
    });
    server.on('data', (piece: Buffer) => this.#reply(piece, client, breakBoth));
  }

  #reply(piece: Buffer, client: Socket, breakBoth: () => void): void {
    if (this.#isStalled) return;
    const faults = this.#faults;
    if (this.#happens(faults?.cutReply)) {
      this.#cut(breakBoth);
      return;
    }
    if (this.#happens(faults?.tearReply)) {
      client.write(piece.subarray(0, piece.length >> 1), () => this.#cut(breakBoth));
      return;
    }
    if (faults !== null && this.#happens(faults.delayReply)) {
      // Later pieces wait behind it, as they would on a slow line.
      client.cork();
      setTimeout(() => client.uncork(), this.#random() * faults.maxDelayMs);
    }
    client.write(piece);
  }

  #cut(breakBoth: () => void): void {
    this.cuts += 1;
    breakBoth();
  }

  #happens(chance: number | undefined): boolean {
    return chance !== undefined && this.#random() < chance;
  }
}
