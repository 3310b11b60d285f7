import type { SessionKey } from '../../domain/ids.ts';
import { bucketOf, encodeKey } from '../keys.ts';
import { Buckets } from './buckets.ts';
import type { RedisPort, RedisScript } from './redis-port.ts';

/** What a space is made of. */
export interface RedisSpaceSettings {
  readonly port: RedisPort;
  readonly namespace: string;
  /** How long writers and removed sessions are remembered at least. */
  readonly retryHorizonMs: number;
  /** The time that is sent along; empty for the server's own. */
  readonly nowText: () => string;
  /** A text that no other call has. */
  readonly newMark: () => string;
}

/** The part of a Redis that belongs to one namespace, with the ways to reach a session and all buckets. */
export class RedisSpace {
  readonly port: RedisPort;
  readonly namespace: string;
  readonly buckets: Buckets;
  readonly #settings: RedisSpaceSettings;

  constructor(settings: RedisSpaceSettings) {
    this.#settings = settings;
    this.port = settings.port;
    this.namespace = settings.namespace;
    this.buckets = new Buckets(settings.port, settings.namespace);
  }

  /** The retry horizon as an argument. */
  get horizonText(): string {
    return String(this.#settings.retryHorizonMs);
  }

  /** The time as an argument. */
  nowText(): string {
    return this.#settings.nowText();
  }

  /** A text that no other call has. */
  newMark(): string {
    return this.#settings.newMark();
  }

  /** Runs a script on one session, with the time and its name in front. */
  runFor(script: RedisScript, key: SessionKey, args: readonly string[]): Promise<unknown> {
    const keys = [this.buckets.root(bucketOf(key))];
    return this.port.run({ script, keys, args: [this.nowText(), encodeKey(key), ...args] });
  }
}
