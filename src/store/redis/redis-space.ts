import type { SessionKey } from '../../domain/ids.ts';
import { bucketOf, encodeKey } from '../keys.ts';
import { StorageError } from '../../domain/errors.ts';
import { Buckets } from './buckets.ts';
import { REPLY_CODES } from './reply-code.ts';
import type { RedisPort, RedisScript } from './redis-port.ts';
import { MEND_LOG } from './scripts.generated.ts';

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

  /**
   * The keys of a session that every write changes: the hash of what is known of it, and its log, as the scripts lay them out
   * (`lib/session.lua`).
   * @throws INVALID_INPUT for text with a lone surrogate in the key.
   */
  appendKeys(key: SessionKey, bucket: number): readonly [meta: string, log: string] {
    const root = this.buckets.root(bucket);
    const name = encodeKey(key);
    return [`${root}:m:${name}`, `${root}:e:${name}`];
  }

  /** Runs a script on one session, with the time and its name in front. */
  runFor(script: RedisScript, key: SessionKey, args: readonly string[]): Promise<unknown> {
    const keys = [this.buckets.root(bucketOf(key))];
    return this.port.run({ script, keys, args: [this.nowText(), encodeKey(key), ...args] });
  }

  /**
   * As {@link runFor}, for scripts that tell of a torn log, which is mended first.
   * @throws CORRUPT_RECORD when that cannot be done.
   */
  async runOnWhole(
    script: RedisScript,
    key: SessionKey,
    args: readonly string[],
  ): Promise<unknown> {
    const answer = await this.runFor(script, key, args);
    if (!isTorn(answer)) return answer;
    await this.mend(key);
    const second = await this.runFor(script, key, args);
    if (!isTorn(second)) return second;
    throw tornLog();
  }

  /**
   * Takes out of a log what a server that was killed half applied; all of it where the session is not there.
   * @throws CORRUPT_RECORD when the log is still not what was recorded.
   */
  async mend(key: SessionKey): Promise<void> {
    if ((await this.runFor(MEND_LOG, key, [this.horizonText])) === -1) throw tornLog();
  }
}

/** Whether a script answered that the log is not as long as it should be. */
export function isTorn(answer: unknown): boolean {
  return Array.isArray(answer) && answer[0] === REPLY_CODES.TORN;
}

/** What is thrown for a log that is torn still after it was mended: CORRUPT_RECORD. */
export function tornLog(): StorageError {
  return new StorageError({
    code: 'CORRUPT_RECORD',
    operation: 'read',
    backend: 'redis',
    message: 'The log of the session does not hold what was recorded, and cannot be mended',
  });
}
