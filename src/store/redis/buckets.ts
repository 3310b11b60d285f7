import { bucketRoot, VIRTUAL_SHARDS } from '../keys.ts';
import type { RedisPort, RedisScript } from './redis-port.ts';

/** Buckets that one script call goes over: a few hundred microseconds of the server's time. */
const BUCKETS_PER_CALL = 128;

/** Calls of scripts that go over all buckets, in as few as the server allows. */
export class Buckets {
  readonly all: readonly number[] = Array.from({ length: VIRTUAL_SHARDS }, (_, bucket) => bucket);
  readonly #port: RedisPort;
  readonly #namespace: string;

  constructor(port: RedisPort, namespace: string) {
    this.#port = port;
    this.#namespace = namespace;
  }

  /** The beginning of a bucket's keys. */
  root(bucket: number): string {
    return bucketRoot(this.#namespace, bucket);
  }

  /** Buckets that one call may go over together. */
  groups(buckets: readonly number[] = this.all): readonly (readonly number[])[] {
    const size = this.#port.isCluster ? 1 : BUCKETS_PER_CALL;
    const count = Math.ceil(buckets.length / size);
    return Array.from({ length: count }, (_, index) =>
      buckets.slice(index * size, (index + 1) * size),
    );
  }

  /** Runs a script over buckets and returns the answer of each call. */
  async run(
    script: RedisScript,
    args: readonly string[],
    buckets: readonly number[] = this.all,
  ): Promise<readonly unknown[]> {
    const calls = this.groups(buckets).map((group) =>
      this.#port.run({ script, keys: group.map((bucket) => this.root(bucket)), args }),
    );
    return Promise.all(calls);
  }
}
