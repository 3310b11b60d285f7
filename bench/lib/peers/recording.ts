import type { Conversation, Library, Turn } from './conversation.ts';
import { type Contender, countFor, measureOnce, measureRounds } from './rounds.ts';

/** How turns are recorded. */
export interface Recording {
  readonly title: string;
  /** Turns that each session holds before. */
  readonly turns: number;
  /** Turns that are recorded into one session before the next one takes its place; null goes round {@link MANY_SESSIONS}. */
  readonly grows: number | null;
  /** Calls under way at the same time. */
  readonly lanes: number;
}

/** What a turn cost, in microseconds of processor time, by name. */
export interface TurnCosts {
  readonly costs: ReadonlyMap<string, number>;
  /** Names of those that recorded only few turns a round. */
  readonly few: ReadonlySet<string>;
}

/** Sessions that turns go round. */
export const MANY_SESSIONS = 1000;

/** Turns of one sample at most, so that a fast library takes a millisecond. */
const SAMPLE_TURNS = 2000;
/** Processor time of one sample, about: slower libraries record fewer turns. */
const SAMPLE_MS = 60;
const FEW_TURNS = 100;
const WARM_UP_MS = 500;
const WARM_UP_TURNS = 20;

/** Records turns for so much processor time, so that a first measurement does not find code that was never compiled. */
export async function warmUp(library: Library, turns: readonly Turn[]): Promise<void> {
  const conversation = await library.open('warm-up', []);
  let spent = 0;
  for (let from = 0; spent < WARM_UP_MS * 1000 && from < turns.length; from += WARM_UP_TURNS) {
    const part = turns.slice(from, from + WARM_UP_TURNS);
    // In order: it is one conversation.
    spent += await measureOnce(async () => {
      for (const turn of part) await conversation.record(turn);
    });
  }
}

/** Measures what it costs each library to record a turn. */
export async function measureRecording(
  libraries: readonly Library[],
  recording: Recording,
  stock: { readonly history: readonly Turn[]; readonly added: readonly Turn[] },
): Promise<TurnCosts> {
  const contenders: Contender[] = [];
  const few = new Set<string>();
  for (const library of libraries) {
    const sessions = new Sessions(library, recording, stock.history);
    const record = async (count: number): Promise<() => Promise<number>> => {
      const conversations = await sessions.open(count);
      return () => recordTurns(conversations, stock.added.slice(0, count), recording);
    };
    // One after the other: this measures how many turns make a sample.
    const turns = await countFor(SAMPLE_MS, SAMPLE_TURNS, record);
    if (turns < FEW_TURNS) few.add(library.name);
    contenders.push({ name: library.name, prepare: () => record(turns) });
  }
  return { costs: await measureRounds(contenders), few };
}

/** The sessions of one library. */
class Sessions {
  readonly #library: Library;
  readonly #recording: Recording;
  readonly #history: readonly Turn[];
  #round: readonly Conversation[] | null = null;
  #opened = 0;

  constructor(library: Library, recording: Recording, history: readonly Turn[]) {
    this.#library = library;
    this.#recording = recording;
    this.#history = history.slice(0, recording.turns);
  }

  /** Enough sessions to record so many turns: new ones, or always the same ones to go round. */
  async open(turns: number): Promise<readonly Conversation[]> {
    const { grows } = this.#recording;
    if (grows !== null) return this.#openNew(Math.ceil(turns / grows));
    this.#round ??= await this.#openNew(MANY_SESSIONS);
    return this.#round;
  }

  async #openNew(count: number): Promise<readonly Conversation[]> {
    const conversations: Conversation[] = [];
    for (let index = 0; index < count; index += 1) {
      this.#opened += 1;
      // One after the other, as the memory of each library would be laid out.
      conversations.push(
        await this.#library.open(`${this.#recording.title} ${this.#opened}`, this.#history),
      );
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
