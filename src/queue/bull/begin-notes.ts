import type { RedisClient } from '../../store/redis/redis-client.ts';
import { runScript } from './bull-client.ts';
import { type BullKeys, firstTurnOf } from './bull-keys.ts';
import { BEGIN_JOBS } from './scripts.generated.ts';

/**
 * Tells the server which jobs begin: at once, and those together that begin before it has answered. Nobody waits: a turn noted late
 * is a turn given twice.
 */
export class BeginNotes {
  readonly #client: RedisClient;
  readonly #keys: BullKeys;
  readonly #onError: (error: unknown) => void;
  #ids: string[] = [];
  /** The latest turn that begins, by the first one of its class. */
  readonly #turns = new Map<number, number>();
  #isUnderWay = false;

  constructor(client: RedisClient, keys: BullKeys, onError: (error: unknown) => void) {
    this.#client = client;
    this.#keys = keys;
    this.#onError = onError;
  }

  /** Notes a job; one without a turn was added by the queue itself. */
  add(id: string, turn: number): void {
    if (turn === 0) return;
    this.#ids.push(id);
    const first = firstTurnOf(turn);
    this.#turns.set(first, Math.max(this.#turns.get(first) ?? 0, turn));
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    queueMicrotask(() => this.#sendAll());
  }

  /** Sends what has gathered, before a connection is closed. */
  flush(): void {
    if (this.#ids.length > 0) this.#send().catch(this.#onError);
  }

  #sendAll(): void {
    this.#isUnderWay = this.#ids.length > 0;
    if (!this.#isUnderWay) return;
    this.#send()
      .catch(this.#onError)
      .finally(() => this.#sendAll());
  }

  async #send(): Promise<void> {
    const turns = [...this.#turns].flat().map(String);
    const args = [String(this.#turns.size), ...turns, ...this.#ids];
    this.#ids = [];
    this.#turns.clear();
    const keys = [this.#keys.turns, this.#keys.ages];
    await runScript(this.#client, { script: BEGIN_JOBS, keys, args });
  }
}
