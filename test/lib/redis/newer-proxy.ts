import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { type Command, CRLF, readCommand, replyLength } from './protocol.ts';

/** What a newer server says to `WAITAOF`: whether the write is in its own files, and in those of how many replicas. */
export interface Flushed {
  local: number;
  replicas: number;
}

/** A way to a server that gives itself out for Redis 7.2. */
export interface NewerProxy {
  readonly url: string;
  /** What it says from now on. */
  readonly flushed: Flushed;
  /** The arguments of each `WAITAOF`, in order. */
  readonly asked: readonly (readonly string[])[];
  /** Breaks the connection instead of the next answer to `WAITAOF`. */
  cutNext(): void;
  close(): Promise<void>;
}

/**
 * Starts a proxy in front of a Redis that does not know `WAITAOF`: it answers that itself, in the order of the commands, and names a
 * version that has it. A command is answered before the next one is sent on. As that version, it waits for writes of the connection
 * alone: one that wrote nothing is told at once that all of that is in the files. Scripts count as such that wrote nothing.
 */
export async function startNewerProxy(targetPort: number): Promise<NewerProxy> {
  const flushed: Flushed = { local: 1, replicas: 0 };
  const asked: (readonly string[])[] = [];
  const script: Script = { flushed, asked, isToBeCut: false };
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(targetPort, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => socket.destroy());
    }
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    relay(client, upstream, script);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `redis://127.0.0.1:${portOf(server)}`,
    flushed,
    asked,
    cutNext: () => {
      script.isToBeCut = true;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Script {
  readonly flushed: Flushed;
  readonly asked: (readonly string[])[];
  isToBeCut: boolean;
}

/** What a connection is told that has nothing to wait for, as far as any of it is asked for. */
const NOTHING_TO_WAIT_FOR: Flushed = { local: 1, replicas: 9 };

function relay(client: Socket, upstream: Socket, script: Script): void {
  const { flushed, asked } = script;
  let hasWritten = false;
  let unread = Buffer.alloc(0);
  /** Answers that are to be written once those of the commands before them have come. */
  let last: Promise<void> = Promise.resolve();
  let settle: ((bytes: Buffer) => void) | null = null;
  let replied = Buffer.alloc(0);
  upstream.on('data', (bytes: Buffer) => {
    replied = Buffer.concat([replied, bytes]);
    const length = replyLength(replied, 0);
    if (length === null || settle === null) return;
    const whole = replied.subarray(0, length);
    replied = replied.subarray(length);
    settle(whole);
  });
  const pass = (command: Command): Promise<void> =>
    new Promise((resolve) => {
      settle = (bytes) => {
        settle = null;
        client.write(command.words[0]?.toUpperCase() === 'INFO' ? asNewer(bytes) : bytes);
        resolve();
      };
      upstream.write(command.bytes);
    });
  const answer = (command: Command): Promise<void> | void => {
    const name = command.words[0]?.toUpperCase();
    if (name !== 'WAITAOF') {
      hasWritten ||= name === 'SET';
      return pass(command);
    }
    asked.push(command.words.slice(1));
    if (script.isToBeCut) {
      script.isToBeCut = false;
      client.destroy();
      return;
    }
    const { local, replicas } = hasWritten ? flushed : NOTHING_TO_WAIT_FOR;
    client.write(`*2${CRLF}:${local}${CRLF}:${replicas}${CRLF}`);
  };
  client.on('data', (bytes: Buffer) => {
    unread = Buffer.concat([unread, bytes]);
    for (let command = readCommand(unread); command !== null; command = readCommand(unread)) {
      const whole = command;
      unread = unread.subarray(whole.bytes.length);
      last = last.then(() => answer(whole));
    }
  });
}

/** The same answer, of a newer version; the length of the text stays, as the versions are equally long. */
function asNewer(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1');
  const newer = text.replace(
    /redis_version:(\S+)/,
    (_, version: string) => `redis_version:${'7.2'.padEnd(version.length, '.0')}`,
  );
  return Buffer.from(newer, 'latin1');
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
