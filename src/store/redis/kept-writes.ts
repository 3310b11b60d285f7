import type { RedisClient } from './redis-client.ts';
import type { Keeping } from './redis-port.ts';

/** What the waits of a connection are made with. */
export interface KeptWritesSettings {
  readonly namespace: string;
  readonly commandTimeoutMs: number;
}

interface Round {
  /** When its small write was sent. */
  readonly sentAt: number;
  readonly missing: Promise<string | null>;
}

/**
 * Waits for the keeping of what a connection wrote. A server waits for the last write of the connection that asks (since Redis 7.2;
 * before, for what it had when the connection last spoke). What a repeated call finds recorded was written by another one, so that
 * a small write of the connection's own goes before each wait.
 *
 * A wait holds the connection up, so that it is shared by all whose writes were sent before that small write: a connection carries out
 * what it is sent in order.
 */
export class KeptWrites {
  readonly #settings: KeptWritesSettings;
  /** The last wait for each way to keep writes. */
  readonly #rounds: Map<string, Round> = new Map();
  #now = 0;

  constructor(settings: KeptWritesSettings) {
    this.#settings = settings;
  }

  /** A moment in the order of what is sent: between what was before the call and what will be after it. */
  moment(): number {
    this.#now += 1;
    return this.#now;
  }

  /**
   * What of the keeping of writes that were sent at a moment, and answered since, did not come about in time, in words; null when all
   * did. It holds as long as the connection that they were answered on has not ended.
   * @throws What the client throws.
   */
  missing(client: RedisClient, keeping: Keeping, sentAt: number): Promise<string | null> {
    const name = `${keeping.replicas} ${keeping.isFlushed}`;
    const last = this.#rounds.get(name);
    if (last !== undefined && sentAt < last.sentAt) return last.missing;
    const round: Round = { sentAt: this.moment(), missing: this.#begin(client, keeping) };
    this.#rounds.set(name, round);
    return round.missing;
  }

  async #begin(client: RedisClient, keeping: Keeping): Promise<string | null> {
    const [, missing] = await Promise.all([
      client.set(`${this.#settings.namespace}:kept`, '1'),
      this.#wait(client, keeping),
    ]);
    return missing;
  }

  async #wait(client: RedisClient, { replicas, isFlushed }: Keeping): Promise<string | null> {
    // It leaves time for the answer to arrive.
    const limitMs = String(Math.ceil(this.#settings.commandTimeoutMs / 2));
    if (!isFlushed) {
      return missingReplicas(await client.call('WAIT', String(replicas), limitMs), replicas);
    }
    const reached: unknown = await client.call('WAITAOF', '1', String(replicas), limitMs);
    const [local, others] = Array.isArray(reached) ? reached : [];
    return Number(local) < 1
      ? 'the server has not flushed the write'
      : missingReplicas(others, replicas);
  }
}

function missingReplicas(reached: unknown, replicas: number): string | null {
  const count = Number(reached);
  return count >= replicas ? null : `${count} of ${replicas} replicas have the write`;
}
