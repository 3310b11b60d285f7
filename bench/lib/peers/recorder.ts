import type { Conversation, Library, Turn } from './conversation.ts';
import { countFor, measureOnce, sampleOf } from './rounds.ts';
import { MANY_SESSIONS, type Recording, type Sample } from './task.ts';

/** Turns of one sample at most, so that a fast library takes a millisecond. */
const SAMPLE_TURNS = 2000;
/** Processor time of one sample, about: slower libraries record fewer turns. */
const SAMPLE_MS = 120;
const WARM_UP_MS = 1500;
const WARM_UP_TURNS = 20;

/** Turns that conversations hold before, and turns that are added to them. */
export interface TurnStock {
  readonly history: readonly Turn[];
  readonly added: readonly Turn[];
}

/** Measures what it costs a library to record a turn. */
export class Recorder {
  readonly #library: Library;
  readonly #stock: TurnStock;
  readonly #rounds = new Map<string, readonly Conversation[]>();
  readonly #sampleTurns = new Map<string, number>();
  #opened = 0;

  constructor(library: Library, stock: TurnStock) {
    this.#library = library;
    this.#stock = stock;
  }

  /** Records for so much processor time that a first sample does not find code that was never compiled. */
  async warmUp(): Promise<void> {
    const { history } = this.#stock;
    const conversation = await this.#library.open('warm-up', []);
    let spent = 0;
    for (let from = 0; spent < WARM_UP_MS * 1000 && from < history.length; from += WARM_UP_TURNS) {
      const part = history.slice(from, from + WARM_UP_TURNS);
      // In order: it is one conversation.
      spent += await measureOnce(async () => {
        for (const turn of part) await conversation.record(turn);
      });
    }
  }

  /** One sample; its size is found out at the first of its kind. */
  async sample(recording: Recording): Promise<Sample> {
    const prepare = async (count: number): Promise<() => Promise<number>> => {
      const conversations = await this.#open(recording, count);
      const turns = this.#stock.added.slice(0, count);
      return () => recordTurns(conversations, turns, recording);
    };
    const operations =
      this.#sampleTurns.get(recording.title) ?? (await countFor(SAMPLE_MS, SAMPLE_TURNS, prepare));
    this.#sampleTurns.set(recording.title, operations);
    return { operations, microseconds: await sampleOf(() => prepare(operations)) };
  }

  /** Enough sessions to record so many turns: new ones, or always the same ones to go round. */
  async #open(recording: Recording, turns: number): Promise<readonly Conversation[]> {
    const { title, grows } = recording;
    if (grows !== null) return this.#openNew(recording, Math.ceil(turns / grows));
    const present = this.#rounds.get(title);
    if (present !== undefined) return present;
    const opened = await this.#openNew(recording, MANY_SESSIONS);
    this.#rounds.set(title, opened);
    return opened;
  }

  async #openNew(recording: Recording, count: number): Promise<readonly Conversation[]> {
    const history = this.#stock.history.slice(0, recording.turns);
    const conversations: Conversation[] = [];
    for (let index = 0; index < count; index += 1) {
      this.#opened += 1;
      // One after the other, so that each lies in memory by itself.
      conversations.push(await this.#library.open(`recorded-${this.#opened}`, history));
    }
    return conversations;
  }
}

async function recordTurns(
  conversations: readonly Conversation[],
  turns: readonly Turn[],
  { grows, lanes }: Recording,
): Promise<number> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let at = next++; at < turns.length; at = next++) {
      const place = grows === null ? at % conversations.length : Math.floor(at / grows);
      const turn = turns[at];
      // In order: a lane is one caller, who waits for an answer before the next call.
      if (turn !== undefined) await conversations[place]?.record(turn);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return turns.length;
}
