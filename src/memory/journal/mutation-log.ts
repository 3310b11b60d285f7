import { InvalidInput } from '../../domain/errors.ts';
import { type MutationLogOptions, parseMutationLogOptions } from '../../domain/journal-options.ts';
import type { MutationActor, MutationType, PageMutation } from '../../domain/page-mutation.ts';
import { RingBuffer } from '../ring-buffer.ts';
import { type ContextDiff, diffContexts } from './context-diff.ts';
import { isAfter, replayContext, type ReplayedEntry, type ReplayMoment } from './context-replay.ts';
import { type MemoryFold, foldMutations, MemoryFolder } from './memory-fold.ts';
import { MutationCounts } from './mutation-counts.ts';

/** What a log holds. All but `kept` and `uniquePages` count everything that was ever appended. */
export interface MutationLogSummary {
  readonly totalMutations: number;
  /** Pages with a mutation among those that are kept. */
  readonly uniquePages: number;
  /** Turns whose first context was noted. */
  readonly contextSnapshots: number;
  readonly creates: number;
  readonly faults: number;
  readonly evictions: number;
  readonly compressions: number;
  readonly pins: number;
  readonly unpins: number;
  readonly updates: number;
  readonly deletes: number;
  readonly byActor: Readonly<Record<MutationActor, number>>;
  /** Mutations that can still be looked at one by one. */
  readonly kept: number;
}

const DEFAULT_MAX_MUTATIONS = 10_000;

/**
 * What happened to the pages of a memory, in order. The latest mutations are kept one by one; what the older ones came to is
 * kept as a state, so that any context since then can be rebuilt.
 */
export class MutationLog {
  readonly #kept: RingBuffer<PageMutation>;
  readonly #sink: ((mutation: PageMutation) => void) | undefined;
  readonly #counts = new MutationCounts();
  /** Kept mutations by page. */
  readonly #pages = new Map<string, number>();
  /** What the mutations came to that are no longer kept. */
  readonly #forgotten: MemoryFolder;
  #last: { readonly sequence: number; readonly turn: number };
  #firstTurn: number | null = null;
  #startedTurn = -1;
  #snapshots = 0;

  /**
   * A log that goes on from a state.
   * @throws INVALID_INPUT naming the option.
   */
  constructor(options: MutationLogOptions = {}, from?: MemoryFold) {
    const { maxMutations, sink } = parseMutationLogOptions(options);
    this.#kept = new RingBuffer(maxMutations ?? DEFAULT_MAX_MUTATIONS);
    this.#sink = sink;
    this.#forgotten = new MemoryFolder(from);
    this.#last = { sequence: this.#forgotten.sequence, turn: this.#forgotten.turn };
  }

  /** How many mutations there were, kept or not. */
  get total(): number {
    return this.#counts.total;
  }

  /**
   * Appends a mutation.
   * @throws INVALID_INPUT when its sequence does not come after the one before, or its turn comes before it.
   */
  append(mutation: PageMutation): void {
    const { sequence, turn, pageId } = mutation;
    if (sequence <= this.#last.sequence) {
      throw new InvalidInput({
        field: 'mutation.sequence',
        expected: `more than ${this.#last.sequence}`,
      });
    }
    if (turn < this.#last.turn) {
      throw new InvalidInput({ field: 'mutation.turn', expected: `at least ${this.#last.turn}` });
    }
    this.#sink?.(mutation);
    this.#last = { sequence, turn };
    this.#counts.add(mutation);
    this.#pages.set(pageId, (this.#pages.get(pageId) ?? 0) + 1);
    const oldest = this.#kept.push(mutation);
    if (oldest !== undefined) this.#forget(oldest);
  }

  /** Notes that a turn begins with the context that there is now. */
  startTurn(turn: number): void {
    if (turn <= this.#startedTurn) return;
    this.#firstTurn ??= turn;
    this.#startedTurn = turn;
    this.#snapshots += 1;
  }

  /** The pages that a turn began with, in their order; none when the turn is not known, or no longer. */
  contextAtTurn(turn: number): readonly string[] {
    const isKnown = this.#firstTurn !== null && turn >= this.#firstTurn;
    if (!isKnown || turn > this.#startedTurn) return [];
    return this.replay({ turn: turn - 1 })?.map(({ pageId }) => pageId) ?? [];
  }

  /** The context as it was at a moment; null when it lies before the mutations that are kept. */
  replay(until: ReplayMoment): readonly ReplayedEntry[] | null {
    if (isAfter(this.#forgotten, until)) return null;
    return replayContext(this.#kept, until, this.#forgotten.fold());
  }

  /** What changed between the ends of two turns; null when one of them can no longer be rebuilt. */
  diffTurns(before: number, after: number): ContextDiff | null {
    const [old, current] = [this.replay({ turn: before }), this.replay({ turn: after })];
    return old === null || current === null ? null : diffContexts(old, current);
  }

  /** The state that all mutations come to. */
  state(): MemoryFold {
    return foldMutations(this.#kept, this.#forgotten.fold());
  }

  /** All mutations that are kept, in order. */
  all(): readonly PageMutation[] {
    return [...this.#kept];
  }

  /** Kept mutations of a page. */
  ofPage(pageId: string): readonly PageMutation[] {
    return this.#pages.has(pageId) ? this.#where((each) => each.pageId === pageId) : [];
  }

  /** Kept mutations of a turn. */
  inTurn(turn: number): readonly PageMutation[] {
    return this.#where((each) => each.turn === turn);
  }

  /** Kept mutations of a type. */
  ofType(type: MutationType): readonly PageMutation[] {
    return this.#where((each) => each.type === type);
  }

  /** Kept mutations that somebody made happen. */
  byActor(actor: MutationActor): readonly PageMutation[] {
    return this.#where((each) => each.actor === actor);
  }

  /** Ids of the pages with a mutation of a type in a turn, as often as there was one. */
  pageIdsInTurn(turn: number, type: MutationType): readonly string[] {
    return this.#where((each) => each.turn === turn && each.type === type).map(
      ({ pageId }) => pageId,
    );
  }

  /** Counters as they are now. */
  summary(): MutationLogSummary {
    const counts = this.#counts;
    return {
      totalMutations: counts.total,
      uniquePages: this.#pages.size,
      contextSnapshots: this.#snapshots,
      creates: counts.ofType('create'),
      faults: counts.ofType('fault_in'),
      evictions: counts.ofType('evict'),
      compressions: counts.ofType('compress'),
      pins: counts.ofType('pin'),
      unpins: counts.ofType('unpin'),
      updates: counts.ofType('update'),
      deletes: counts.ofType('delete'),
      byActor: counts.byActor(),
      kept: this.#kept.size,
    };
  }

  #where(accepts: (mutation: PageMutation) => boolean): readonly PageMutation[] {
    return [...this.#kept].filter(accepts);
  }

  #forget(mutation: PageMutation): void {
    this.#forgotten.apply(mutation);
    const left = (this.#pages.get(mutation.pageId) ?? 1) - 1;
    if (left === 0) this.#pages.delete(mutation.pageId);
    else this.#pages.set(mutation.pageId, left);
  }
}
