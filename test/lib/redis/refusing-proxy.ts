import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { CRLF, readCommand } from './protocol.ts';
import { relay } from './relay.ts';

/** A way to a server that refuses scripts when it is told to. */
export interface RefusingProxy {
  readonly url: string;
  /** Calls of scripts that it refused so far. */
  readonly refused: number;
  /** Loses the next answer with its connection, and refuses all calls of scripts from then on with these words. */
  cutAndRefuse(words: string): void;
  /** Refuses the next calls of scripts with these words, one with each. */
  refuseNext(words: readonly string[]): void;
  /** From now on everything goes through. */
  heal(): void;
  close(): Promise<void>;
}

/** Starts a proxy in front of a port of this machine. */
export async function startRefusingProxy(targetPort: number): Promise<RefusingProxy> {
  const proxy = new Proxy(targetPort);
  await proxy.listen();
  return proxy;
}

const IS_SCRIPT = /^eval/i;

class Proxy implements RefusingProxy {
  refused = 0;
  readonly #server = createServer((client) => this.#join(client));
  readonly #sockets: Set<Socket> = new Set();
  readonly #targetPort: number;
  #next: string[] = [];
  #always: string | null = null;
  #afterCut: string | null = null;

  constructor(targetPort: number) {
    this.#targetPort = targetPort;
  }

  get url(): string {
    // A server that listens on a port has an address of this kind.
    const { port } = this.#server.address() as AddressInfo;
    return `redis://127.0.0.1:${port}`;
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  cutAndRefuse(words: string): void {
    this.#afterCut = words;
  }

  refuseNext(words: readonly string[]): void {
    this.#next = [...words];
  }

  heal(): void {
    this.#always = null;
    this.#next = [];
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket): void {
    const { server, breakBoth } = relay(client, this.#targetPort, this.#sockets);
    let unread = Buffer.alloc(0);
    client.on('data', (piece: Buffer) => {
      unread = Buffer.concat([unread, piece]);
      for (let command = readCommand(unread); command !== null; command = readCommand(unread)) {
        unread = unread.subarray(command.bytes.length);
        const words = IS_SCRIPT.test(command.words[0] ?? '') ? this.#refusal() : null;
        if (words === null) server.write(command.bytes);
        else client.write(`-${words}${CRLF}`);
      }
    });
    server.on('data', (piece: Buffer) => {
      if (this.#afterCut === null) {
        client.write(piece);
        return;
      }
      this.#always = this.#afterCut;
      this.#afterCut = null;
      breakBoth();
    });
  }

  #refusal(): string | null {
    const words = this.#next.shift() ?? this.#always;
    if (words !== null) this.refused += 1;
    return words;
  }
}
