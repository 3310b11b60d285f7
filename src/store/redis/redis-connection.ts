import type { Clock, Timer } from '../../domain/clock.ts';
import { StorageError } from '../../domain/errors.ts';
import { GatheredWrites } from './gathered-writes.ts';
import { KeptWrites } from './kept-writes.ts';
import { type PendingBounds, PendingBudget } from './pending-budget.ts';
import { createRedisClient, type RedisClient, type RedisClientSettings } from './redis-client.ts';
import {
  type FailedCall,
  isFromSelect,
  notReached,
  reasonOf,
  toStoreError,
} from './redis-error.ts';
import type { Keeping, RedisPort, ScriptCall } from './redis-port.ts';
import { checkServer, type ServerCheckSettings } from './server-check.ts';
import { slotGuards } from './slot-guards.ts';

/** What a connection is made with. */
export interface RedisConnectionSettings
  extends RedisClientSettings, ServerCheckSettings, PendingBounds {
  /** Real time, for time limits. */
  readonly timers: Clock;
}

const OPENING: FailedCall = { operation: 'open', isReadOnly: true, wasSentOnce: true };
const WAITING: FailedCall = { operation: 'wait', isReadOnly: false, wasSentOnce: false };

const NOT_CONNECTED = 'not connected yet';

interface Waiter {
  readonly timer: Timer;
  resolve(client: RedisClient): void;
  reject(error: StorageError): void;
}

/** The connection of one store: made at first use, made again when it breaks, with bounded waiting while it is down. */
export class RedisConnection implements RedisPort {
  readonly isCluster: boolean;
  readonly #settings: RedisConnectionSettings;
  readonly #budget: PendingBudget;
  readonly #kept: KeptWrites;
  readonly #waiters: Set<Waiter> = new Set();
  #client: RedisClient | null = null;
  #writes: GatheredWrites | null = null;
  #opening: Promise<void> | null = null;
  #downSinceMs: number | null = null;
  #lastReason = NOT_CONNECTED;
  #isClosed = false;
  #wasReady = false;
  /** Whether the server refused the database; the client, which does not mind, is on its way to a new connection then. */
  #isRefused = false;
  /** Connections that ended so far. */
  #ends = 0;

  constructor(settings: RedisConnectionSettings) {
    this.#settings = settings;
    this.#budget = new PendingBudget(settings);
    this.#kept = new KeptWrites(settings);
    this.isCluster = settings.address.kind === 'cluster';
  }

  /** See {@link RedisPort.open}. */
  async open(): Promise<void> {
    this.#opening ??= this.#connect();
    try {
      await this.#opening;
    } catch (error) {
      // The next call tries again.
      this.#opening = null;
      throw error;
    }
  }

  /** See {@link RedisPort.run}. */
  run(call: ScriptCall): Promise<unknown> {
    return this.#budget.hold(lengthOf(call), async () => {
      const client = await this.#ready(call.script.name);
      return this.#evaluate(client, call);
    });
  }

  /** See {@link RedisPort.runKept}. */
  runKept(call: ScriptCall, keeping: Keeping): Promise<unknown> {
    return this.#budget.hold(lengthOf(call), async () => {
      const client = await this.#ready(call.script.name);
      let sentAt = 0;
      const answer = await this.#evaluate(client, call, () => {
        sentAt = this.#kept.moment();
      });
      const missing = await this.#missing(client, keeping, sentAt);
      if (missing === null) return answer;
      throw unknownOutcome(call.script.name, `${missing}; it may be lost with the server`);
    });
  }

  /** See {@link RedisPort.close}. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#rejectWaiters('closed');
    const client = this.#client;
    if (client === null) return;
    if (client.status === 'ready') {
      // Answers to what was sent before come first. One that never answers is cut off below.
      await client.quit().catch((error: unknown) => {
        this.#lastReason = reasonOf(error);
      });
    }
    client.disconnect();
  }

  async #connect(): Promise<void> {
    if (this.#client === null) {
      const client = await createRedisClient(this.#settings);
      this.#client = client;
      this.#writes = new GatheredWrites(client);
      this.#downSinceMs = this.#settings.timers.nowMs();
      client.on('ready', () => this.#becomeReady(client));
      client.on('close', () => {
        this.#ends += 1;
        this.#isRefused = false;
        this.#downSinceMs ??= this.#settings.timers.nowMs();
      });
      client.on('error', (error: unknown) => this.#noteFailure(client, error));
      // A failure to connect is an event too, and tried again; what matters is whether it gets ready in time.
      client.connect().catch((error: unknown) => {
        if (this.#lastReason === NOT_CONNECTED) this.#lastReason = reasonOf(error);
      });
    }
    const client = await this.#ready('open');
    try {
      await checkServer(client, this.#settings);
    } catch (error) {
      throw StorageError.isInstance(error) ? error : toStoreError(error, OPENING);
    }
  }

  #noteFailure(client: RedisClient, error: unknown): void {
    this.#lastReason = reasonOf(error);
    if (!isFromSelect(error)) return;
    // The client would go on in database 0, where other data may be. It connects again, to a server that may know better.
    this.#lastReason = `database ${this.#settings.address.database}: ${this.#lastReason}`;
    this.#isRefused = true;
    this.#rejectWaiters(this.#lastReason);
    client.disconnect(true);
  }

  /** Why there is no connection; servers without TLS do not say that this is why. */
  #reason(): string {
    const { address, tls } = this.#settings;
    const isUnproven = !this.#wasReady && (address.isEncrypted || tls !== null);
    return isUnproven
      ? `${this.#lastReason} (over TLS; the server has to speak it)`
      : this.#lastReason;
  }

  #becomeReady(client: RedisClient): void {
    if (this.#isRefused) return;
    this.#wasReady = true;
    this.#downSinceMs = null;
    for (const waiter of this.#waiters) {
      waiter.timer.cancel();
      waiter.resolve(client);
    }
    this.#waiters.clear();
  }

  /** The client once it can send; a server that is down for long already is not waited for. */
  #ready(operation: string): Promise<RedisClient> {
    const client = this.#client;
    if (this.#isClosed || client === null) {
      return Promise.reject(notReached(operation, this.#isClosed ? 'closed' : this.#reason()));
    }
    if (canSend(client) && !this.#isRefused) return Promise.resolve(client);
    const { timers, commandTimeoutMs } = this.#settings;
    const downMs = timers.nowMs() - (this.#downSinceMs ?? timers.nowMs());
    const waitMs = commandTimeoutMs - downMs;
    if (waitMs <= 0) return Promise.reject(notReached(operation, this.#reason()));
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.#waiters.delete(waiter);
        reject(notReached(operation, this.#reason()));
      };
      const waiter: Waiter = { timer: timers.setTimer(waitMs, giveUp), resolve, reject };
      this.#waiters.add(waiter);
    });
  }

  #rejectWaiters(reason: string): void {
    for (const waiter of this.#waiters) {
      waiter.timer.cancel();
      waiter.reject(notReached('open', reason));
    }
    this.#waiters.clear();
  }

  async #evaluate(
    client: RedisClient,
    { script, keys, args }: ScriptCall,
    onSend?: () => void,
  ): Promise<unknown> {
    const [first] = keys;
    const declared = this.isCluster && first !== undefined ? [...keys, ...slotGuards(first)] : keys;
    const rest = [...declared, ...args];
    const endsBefore = this.#ends;
    // A client of a cluster sends again on its own and does not say so.
    const failed = (): FailedCall => ({
      operation: script.name,
      isReadOnly: script.isReadOnly,
      wasSentOnce: !this.isCluster && this.#ends === endsBefore,
    });
    this.#writes?.hold();
    onSend?.();
    try {
      return await client.evalsha(script.sha1, declared.length, ...rest);
    } catch (error) {
      // A server that was restarted, or another node, has not seen the script yet.
      if (!reasonOf(error).startsWith('NOSCRIPT')) throw toStoreError(error, failed());
    }
    onSend?.();
    try {
      return await client.eval(script.text, declared.length, ...rest);
    } catch (error) {
      throw toStoreError(error, failed());
    }
  }

  /** What of the keeping of the writes before did not come about in time, in words. */
  async #missing(client: RedisClient, keeping: Keeping, sentAt: number): Promise<string | null> {
    const endsBefore = this.#ends;
    this.#writes?.hold();
    try {
      const missing = await this.#kept.missing(client, keeping, sentAt);
      // A connection made anew may lead to a server that has none of it.
      return this.#ends === endsBefore ? missing : 'the connection broke while the write was kept';
    } catch (error) {
      throw unknownOutcome('append', toStoreError(error, WAITING).message);
    }
  }
}

/** A client that gives up a connection is ready until that has ended, and sends nothing any more. */
function canSend(client: RedisClient): boolean {
  return client.status === 'ready' && (!('stream' in client) || client.stream.writable);
}

function unknownOutcome(operation: string, message: string): StorageError {
  return new StorageError({ code: 'UNKNOWN_OUTCOME', operation, backend: 'redis', message });
}

function lengthOf({ keys, args }: ScriptCall): number {
  const sum = (total: number, text: string): number => total + text.length;
  return args.reduce(sum, keys.reduce(sum, 0));
}
