import type { Conversation, CountText, Library, Turn } from './conversation.ts';
import { countApproximately, createTiktokenCount } from './counting.ts';
import { countFor, measureOnce, sampleOf } from './rounds.ts';
import type { Reading, Sample } from './task.ts';

/** Calls of one sample at most. */
const SAMPLE_CALLS = 20_000;
/** Processor time of one sample, about. */
const SAMPLE_MS = 200;
const WARM_UP_MS = 1000;
/** A call that takes longer is the sample by itself. */
const SLOW_MICROSECONDS = 1_500_000;

interface Prepared {
  readonly repeat: (count: number) => Promise<number>;
  readonly calls: number;
}

/** Measures what it costs a library to read a conversation. */
export class Reader {
  readonly #library: Library;
  readonly #history: readonly Turn[];
  readonly #prepared = new Map<string, Prepared>();
  #countExactly: CountText | null = null;

  constructor(library: Library, history: readonly Turn[]) {
    this.#library = library;
    this.#history = history;
  }

  /**
   * One sample; its size is found out at the first of its kind. A slow call is measured alone, and only the first time it
   * is asked for.
   */
  async sample(reading: Reading): Promise<Sample> {
    const present = this.#prepared.get(reading.what);
    if (present !== undefined) return toSample(present);
    const conversation = await this.#library.open(
      `read: ${reading.what}`,
      this.#history.slice(0, reading.turns),
    );
    const read = this.#reader(conversation, reading);
    const first = await measureOnce(async () => {
      if ((await read()).length === 0) throw new Error(`${this.#library.name} read nothing.`);
    });
    if (first > SLOW_MICROSECONDS) return { microseconds: first, operations: 1 };
    const repeat = async (count: number): Promise<number> => {
      for (let done = 0; done < count; done += 1) await read();
      return count;
    };
    // Twice: what the first time finds uncompiled would make the samples too small.
    await repeat(await countFor(WARM_UP_MS, SAMPLE_CALLS, async (count) => () => repeat(count)));
    const calls = await countFor(SAMPLE_MS, SAMPLE_CALLS, async (count) => () => repeat(count));
    const prepared = { repeat, calls };
    this.#prepared.set(reading.what, prepared);
    return toSample(prepared);
  }

  #reader(conversation: Conversation, reading: Reading): () => Promise<readonly unknown[]> {
    const { what, amount } = reading;
    if (what === 'latest messages') return () => conversation.latest(amount);
    const build = this.#library.contextBuilder?.(conversation, this.#counter(what));
    if (build === undefined) throw new Error(`${this.#library.name} builds no contexts.`);
    return () => build(amount);
  }

  #counter(what: 'context, approximate' | 'context, exact'): CountText {
    if (what === 'context, approximate') return countApproximately;
    this.#countExactly ??= createTiktokenCount();
    return this.#countExactly;
  }
}

async function toSample({ repeat, calls }: Prepared): Promise<Sample> {
  return { operations: calls, microseconds: await sampleOf(async () => () => repeat(calls)) };
}
