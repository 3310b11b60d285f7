import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { tmpdir } from 'node:os';
import path, { delimiter } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { RedisProgram } from './debian-redis.ts';
import { findRedisProgram } from './redis-program.ts';

/** How a private server is started. */
export interface PrivateRedisOptions {
  /** Further settings, as in redis.conf. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Runs it as a sentinel, with these lines in its file: it watches servers and keeps no data. */
  readonly sentinel?: readonly string[];
  readonly program?: RedisProgram;
}

/** A Redis server that belongs to one run: on a free port of this machine, with its files in a temporary folder. */
export interface PrivateRedis {
  readonly port: number;
  readonly url: string;
  readonly folder: string;
  readonly socketPath: string;
  /** The process id while it runs. */
  readonly pid: number | undefined;
  /** Ends the server without warning, as a crash would. */
  kill(): Promise<void>;
  /** Starts it again on its port and files. */
  start(): Promise<void>;
  /** Ends it and removes its files. */
  close(): Promise<void>;
}

const START_TIMEOUT_MS = 10_000;
const POLL_MS = 10;

/**
 * Starts a server. It listens on this machine alone and keeps nothing on disk unless its settings say so.
 * @throws Error with the server's log when it does not come up.
 */
export async function startPrivateRedis(options: PrivateRedisOptions = {}): Promise<PrivateRedis> {
  const server = new OwnServer(options, await freePort());
  try {
    await server.start();
  } catch (error) {
    await server.close();
    throw error;
  }
  return server;
}

class OwnServer implements PrivateRedis {
  readonly port: number;
  readonly url: string;
  readonly folder: string = mkdtempSync(path.join(tmpdir(), 'pagefold-redis-'));
  readonly socketPath: string = path.join(this.folder, 'redis.sock');
  readonly #program: RedisProgram;
  readonly #settings: Readonly<Record<string, string>>;
  readonly #sentinel: readonly string[] | null;
  #child: ChildProcess | null = null;

  constructor(options: PrivateRedisOptions, port: number) {
    this.port = port;
    this.url = `redis://127.0.0.1:${port}`;
    this.#program = options.program ?? findRedisProgram();
    this.#sentinel = options.sentinel ?? null;
    this.#settings = {
      port: String(port),
      bind: '127.0.0.1',
      unixsocket: this.socketPath,
      dir: this.folder,
      logfile: 'redis.log',
      save: '',
      appendonly: 'no',
      'maxmemory-policy': 'noeviction',
      ...options.settings,
    };
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async start(): Promise<void> {
    const args = this.#sentinel === null ? this.#arguments() : this.#sentinelArguments();
    const libraries = this.#program.sharedLibraryFolders.join(delimiter);
    const child = spawn(this.#program.path, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...(libraries === '' ? {} : { LD_LIBRARY_PATH: libraries }) },
    });
    this.#child = child;
    let complaint = '';
    child.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
    child.once('error', (error) => (complaint += error.message));
    // Whatever ends this process, short of a kill, ends the server too.
    const endServer = (): boolean => child.kill('SIGKILL');
    process.once('exit', endServer);
    child.once('exit', () => process.off('exit', endServer));
    const deadlineMs = Date.now() + START_TIMEOUT_MS;
    while (!(await answers(this.port))) {
      if (child.pid === undefined || child.exitCode !== null || Date.now() > deadlineMs) {
        throw new Error(`${this.#program.path} did not start:\n${complaint}${this.#log()}`);
      }
      await pause(POLL_MS);
    }
  }

  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async close(): Promise<void> {
    await this.kill();
    // A child that rewrites the append-only file may live a little longer than its server.
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10 });
  }

  #arguments(): readonly string[] {
    return Object.entries(this.#settings).flatMap(([name, value]) => [`--${name}`, value]);
  }

  /** A sentinel writes what it learns into its file, so it must have one. */
  #sentinelArguments(): readonly string[] {
    const file = path.join(this.folder, 'sentinel.conf');
    const own = [`port ${this.port}`, 'bind 127.0.0.1', `dir ${this.folder}`, 'logfile redis.log'];
    writeFileSync(file, [...own, ...(this.#sentinel ?? []), ''].join('\n'));
    return [file, '--sentinel'];
  }

  #log(): string {
    try {
      return readFileSync(path.join(this.folder, 'redis.log'), 'utf8').slice(-2000);
    } catch {
      return '';
    }
  }
}

/** A port that nobody listens on; it is free again when this returns. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}

/** Whether a server has loaded its data and takes commands. */
async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    socket.write('PING\r\n');
    const [reply]: readonly unknown[] = await once(socket, 'data');
    // One that asks for a password first is up too.
    return /^(\+PONG|-NOAUTH)/.test(String(reply));
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
