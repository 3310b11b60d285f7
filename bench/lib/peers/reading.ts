import type { Conversation, Library, Turn } from './conversation.ts';
import { countFor, measureOnce, measureRounds } from './rounds.ts';

/** Calls of one sample at most. */
const SAMPLE_CALLS = 20_000;
/** Processor time of one sample, about. */
const SAMPLE_MS = 60;
/** A call that takes longer is measured once instead of in rounds. */
const SLOW_MICROSECONDS = 1_500_000;

/** Sessions opened so far, since no id is used twice. */
let opened = 0;

/** What one call cost, in microseconds of processor time. */
export interface CallCosts {
  readonly costs: ReadonlyMap<string, number>;
  /** Names of those that were measured once only. */
  readonly once: ReadonlySet<string>;
}

/** Reads something of a conversation. */
export type Read = () => Promise<readonly unknown[]>;

/** Measures how long each library takes to read something of a conversation of the given turns. */
export async function measureReading(
  libraries: readonly Library[],
  turns: readonly Turn[],
  toRead: (library: Library, conversation: Conversation) => Read,
): Promise<CallCosts> {
  const slow = new Map<string, number>();
  const contenders = [];
  for (const library of libraries) {
    // One after the other: a first call is measured here.
    const read = toRead(library, await library.open(`read-${(opened += 1)}`, turns));
    const first = await measureOnce(() => readSomething(library, read));
    if (first > SLOW_MICROSECONDS) {
      slow.set(library.name, first);
      continue;
    }
    const repeat = async (count: number): Promise<number> => {
      for (let done = 0; done < count; done += 1) await read();
      return count;
    };
    const calls = await countFor(SAMPLE_MS, SAMPLE_CALLS, async (count) => () => repeat(count));
    contenders.push({ name: library.name, prepare: async () => () => repeat(calls) });
  }
  const costs = await measureRounds(contenders);
  return { costs: new Map([...costs, ...slow]), once: new Set(slow.keys()) };
}

async function readSomething({ name }: Library, read: Read): Promise<void> {
  const messages = await read();
  if (messages.length === 0) throw new Error(`${name} read nothing.`);
}
