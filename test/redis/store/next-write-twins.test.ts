import fc from 'fast-check';
import { Redis } from 'ioredis';
import { expect, inject, test } from 'vitest';
import { systemClock } from '../../../src/runtime/system.ts';
import { bucketOf, bucketRoot, encodeKey } from '../../../src/store/keys.ts';
import type { AppendParams, AppendResult, HistoryPoint, Store } from '../../../src/store/store.ts';
import { aCount, aKey, anAppend, someRecords } from '../../../src/testing/index.ts';
import { aNamespace, aRedisStore } from '../../lib/redis/stores.ts';

// What the short way records and answers has to be what the long one does. Each plan runs on two stores of one clock; on the
// second one every write names its open segment, which changes nothing and makes the script look at it in full.

const key = aKey();
const root = (namespace: string): string => bucketRoot(namespace, bucketOf(key));

/** Few enough that a plan of 60 steps forgets writers. */
const HORIZON_MS = 20_000;

const write = fc.record({
  kind: fc.constant('write' as const),
  writer: fc.integer({ min: 0, max: 9 }),
  /** Mostly the same writer again, as it is in service. */
  isLastWriter: fc.integer({ min: 0, max: 3 }).map((draw) => draw > 0),
  records: fc.integer({ min: 1, max: 4 }),
  behind: fc.constantFrom(0, 0, 0, 0, 1, 3),
  operation: fc.constantFrom<'next' | 'again' | 'earlier'>(
    'next',
    'next',
    'next',
    'next',
    'again',
    'earlier',
  ),
  forged: fc.constantFrom<'hash' | 'version' | 'incarnation' | null>(
    null,
    null,
    null,
    null,
    null,
    'hash',
    'version',
    'incarnation',
  ),
  tokens: fc.constantFrom(10, 10, 10, Number.MAX_SAFE_INTEGER),
});
const wait = fc.record({
  kind: fc.constant('wait' as const),
  ms: fc.constantFrom(1, 900, 6000, -700, -5000),
});
const limit = fc.record({
  kind: fc.constant('limit' as const),
  slidingMs: fc.constantFrom(null, 2000, 30_000),
  absoluteMs: fc.constantFrom(null, 1000, 40_000),
});
/** Another process leaves half of a move behind, as after a server that was killed. */
const tear = fc.record({ kind: fc.constant('tear' as const) });

const step = fc.oneof(
  { arbitrary: write, weight: 12 },
  { arbitrary: wait, weight: 4 },
  { arbitrary: limit, weight: 1 },
  { arbitrary: tear, weight: 1 },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type Write = Extract<Step, { readonly kind: 'write' }>;

class Twins {
  readonly #namespaces = [aNamespace(), aNamespace()] as const;
  readonly #stores: readonly [Store, Store];
  readonly #raw: Redis;
  readonly #points: HistoryPoint[] = [];
  readonly #operations = new Map<number, number>();
  #lastWriter = 0;
  #nowMs = 1_700_000_000_000;

  constructor(url: string) {
    const clock = { ...systemClock(), nowMs: () => this.#nowMs };
    const open = (namespace: string): Store => {
      let marks = 0;
      const newMark = (): string => `mark-${(marks += 1)}`;
      return aRedisStore({ url, namespace, clock, store: { newMark, retryHorizonMs: HORIZON_MS } });
    };
    this.#stores = [open(this.#namespaces[0]), open(this.#namespaces[1])];
    this.#raw = new Redis(url);
  }

  /** Takes a step on both stores; returns what each answered and holds afterwards. */
  async run(given: Step): Promise<readonly [unknown, unknown]> {
    let answers: readonly unknown[] = [];
    if (given.kind === 'wait') this.#nowMs += given.ms;
    else if (given.kind === 'write') answers = await this.#write(given);
    else if (given.kind === 'tear') await this.#tear();
    else {
      const { slidingMs, absoluteMs } = given;
      const timeToLive = { slidingMs, absoluteMs };
      await Promise.all(this.#stores.map((store) => store.setTimeToLive({ key, timeToLive })));
    }
    const [one, other] = await Promise.all(this.#namespaces.map((name) => this.#contents(name)));
    return [
      { answer: answers[0], contents: one },
      { answer: answers[1], contents: other },
    ];
  }

  async close(): Promise<void> {
    await Promise.all(this.#stores.map((store) => store.close()));
    this.#raw.disconnect();
  }

  async #write(given: Write): Promise<readonly unknown[]> {
    const writer = given.isLastWriter ? this.#lastWriter : given.writer;
    this.#lastWriter = writer;
    const last = this.#operations.get(writer) ?? 0;
    const operation = Math.max(1, last + { next: 1, again: 0, earlier: -1 }[given.operation]);
    this.#operations.set(writer, Math.max(last, operation));
    const known = forged(
      this.#points.at(-1 - Math.min(given.behind, this.#points.length - 1)),
      given,
    );
    const move = anAppend({
      key,
      known,
      write: { writer: `writer-${writer}`, operation },
      records: someRecords(given.records, operation),
      counters: aCount({ events: given.records, tokens: given.tokens }),
    });
    const looked = known === null ? {} : { openSegment: 1 };
    const [one, other] = await Promise.all([
      outcome(this.#stores[0], move),
      outcome(this.#stores[1], { ...move, ...looked }),
    ]);
    if (typeof one === 'string') return [one, other];
    if (one.kind === 'ok') this.#points.push(one.point);
    // Whoever is told that the session is gone begins anew.
    if (one.kind === 'gone') this.#points.length = 0;
    return [one, other];
  }

  async #tear(): Promise<void> {
    const half = 'abcdefghi0001{"half":1}';
    await Promise.all(
      this.#namespaces.map(async (name) => {
        const log = `${root(name)}:e:${encodeKey(key)}`;
        if ((await this.#raw.exists(log)) === 1)
          await this.#raw.linsert(log, 'BEFORE', await this.#lastOf(log), half);
      }),
    );
  }

  async #lastOf(log: string): Promise<string> {
    return (await this.#raw.lindex(log, -1)) ?? '';
  }

  /** All that a bucket holds, byte by byte. */
  async #contents(namespace: string): Promise<unknown> {
    const prefix = root(namespace);
    const meta = await this.#raw.hgetallBuffer(`${prefix}:m:${encodeKey(key)}`);
    const fields = Object.entries(meta).map(([name, value]) => [name, value.toString('hex')]);
    const log = await this.#raw.lrange(`${prefix}:e:${encodeKey(key)}`, 0, -1);
    const tenant = encodeURIComponent(key.tenant);
    const sets = [':ex', `:ta:${tenant}`, `:tc:${tenant}`];
    const scores = await Promise.all(
      sets.map((name) => this.#raw.zrange(prefix + name, '0', '-1', 'WITHSCORES')),
    );
    return { fields: Object.fromEntries(fields), log, scores };
  }
}

function forged(known: HistoryPoint | undefined, { forged: part }: Write): HistoryPoint | null {
  if (known === undefined) return null;
  if (part === 'hash') return { ...known, hash: `000000000${known.hash.slice(9)}` };
  if (part === 'version') return { ...known, version: known.version + 1 };
  return part === 'incarnation' ? { ...known, incarnation: 'another' } : known;
}

async function outcome(store: Store, move: AppendParams): Promise<AppendResult | string> {
  try {
    return await store.append(move);
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : 'unknown';
  }
}

test('the short way of a write records and answers what the long one does', async () => {
  const url = inject('redisUrl');
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
      const twins = new Twins(url);
      try {
        // In order: what a step finds is what those before it left.
        for (const one of steps) {
          const [short, long] = await twins.run(one);
          expect(short).toEqual(long);
        }
      } finally {
        await twins.close();
      }
    }),
    { numRuns: 60 },
  );
});
