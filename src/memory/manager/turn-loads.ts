import { fnvHash } from '../context/fnv-hash.ts';
import type { RecentTurns } from './recent-turns.ts';
import { NO_FAULTS, type TurnFaults } from './turn-faults.ts';

/** A question that was looked up, and in which turn. */
interface Recall {
  readonly turn: number;
  /** See {@link questionMark}; null where the log does not say which. */
  readonly question: string | null;
}

/** Loaded pages that are remembered; a context has no room for more. */
const MAX_LOADED = 64;

/** Tells questions apart; what was asked cannot be read from it. */
export function questionMark(question: string): string {
  return fnvHash(question);
}

/** What was loaded into the context for the open turn, and by whom. */
export class TurnLoads {
  readonly #turns: RecentTurns;
  #faults: TurnFaults = NO_FAULTS;
  #loaded: { readonly turn: number; readonly pageIds: readonly string[] } = {
    turn: 0,
    pageIds: [],
  };
  #recall: Recall | null = null;
  #hasNews = false;
  #looked: string | null = null;

  constructor(turns: RecentTurns) {
    this.#turns = turns;
  }

  /** What the model loaded in the open turn, and how often it failed to. */
  get faults(): TurnFaults {
    const { turn } = this.#turns;
    return this.#faults.turn === turn ? this.#faults : { ...NO_FAULTS, turn };
  }

  /** The pages that the model or a caller loaded in the open turn, the latest first. */
  get pageIds(): readonly string[] {
    return this.#loaded.turn === this.#turns.turn ? this.#loaded.pageIds : [];
  }

  /** The turn for whose question the context was put together last; null before the first. */
  get recalledTurn(): number | null {
    return this.#recall?.turn ?? null;
  }

  /** Whether the context was put together last for this question, and in the open turn. */
  hasRecalled(question: string): boolean {
    if (this.#recall?.turn !== this.#turns.turn) return false;
    return this.#recall.question === null || this.#recall.question === questionMark(question);
  }

  /** Whether something was said since pages were looked for last. */
  get hasNews(): boolean {
    return this.#hasNews;
  }

  /** Whether pages were looked for for this question, and nothing was said since. */
  hasLooked(question: string): boolean {
    return !this.#hasNews && this.#looked === questionMark(question);
  }

  /** Notes that something was said. */
  noteNews(): void {
    this.#hasNews = true;
    this.#looked = null;
  }

  /** Notes that pages were brought into the context, for a question where one is told. */
  noteLooked(question: string | null): void {
    this.#hasNews = false;
    this.#looked = question;
  }

  /** Notes that what is asked was looked up. */
  noteRecall(question: string | null): void {
    this.#recall = { turn: this.#turns.turn, question };
  }

  /** Notes a page that the model or a caller wants to see in this turn. */
  noteLoaded(pageId: string): void {
    const others = this.pageIds.filter((id) => id !== pageId).slice(0, MAX_LOADED - 1);
    this.#loaded = { turn: this.#turns.turn, pageIds: [pageId, ...others] };
  }

  /** Counts what the model loaded. */
  countFault(tokens: number): void {
    const { turn, count, tokens: before, failures } = this.faults;
    this.#faults = { turn, count: count + 1, tokens: before + tokens, failures };
  }

  /** Counts what the model asked for in vain. */
  countFailure(): void {
    this.#faults = { ...this.faults, failures: this.faults.failures + 1 };
  }
}
