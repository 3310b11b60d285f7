import type { FaultReason } from '../../domain/paging-policy.ts';
import { RingBuffer } from '../ring-buffer.ts';
import { type ReasonShare, reasonShares } from './fault-reasons.ts';

/** Somebody asked for something that was said. */
export interface RecallAttempt {
  readonly turn: number;
  readonly query: string;
  readonly pageIdsCited: readonly string[];
  /** Whether the answer had to be corrected. */
  readonly userCorrected: boolean;
}

/** A page that was faulted in. */
export interface FaultRecord {
  readonly pageId: string;
  readonly reason: FaultReason;
  readonly turn: number;
  readonly tokensLoaded: number;
  readonly latencyMs: number;
}

/** What a turn was answered with. */
export interface TurnContext {
  readonly turn: number;
  readonly tokensInContext: number;
  /** Pages that the answer made use of, with what they take; without it, 200 tokens are taken for each. */
  readonly pagesReferenced: readonly {
    readonly pageId: string;
    readonly tokens?: number | undefined;
  }[];
}

/** Which turns a measure looks at. */
export interface ThrashOptions {
  /** Default 5. */
  readonly windowTurns?: number | undefined;
  /** The last turn of the window. Default: that of the latest fault. */
  readonly turn?: number | undefined;
  /** What a page is about: loading another page of the same topic again is thrashing too. Default: the page itself. */
  readonly topicOf?: ((pageId: string) => string) | undefined;
}

const DEFAULT_WINDOW_TURNS = 5;
const MAX_FAULTS = 1_000;
const MAX_TURNS = 1_000;
const MAX_ATTEMPTS = 100;
/** What a page is taken for where its tokens are not known. */
const TOKENS_PER_PAGE = 200;

/** Measures what a memory is like to talk to: what is recalled, what is loaded again and again, what is carried for nothing. */
export class ExperienceMeter {
  readonly #faults = new RingBuffer<FaultRecord>(MAX_FAULTS);
  readonly #attempts = new RingBuffer<RecallAttempt>(MAX_ATTEMPTS);
  readonly #turns = new Map<number, TurnContext>();
  readonly #reasons: Record<FaultReason, number> = {
    user_requested_recall: 0,
    resolve_reference: 0,
    tool_prereq: 0,
    speculative: 0,
  };
  #recalls = 0;
  #corrections = 0;

  /** Notes that something was asked for. */
  recordRecall(attempt: RecallAttempt): void {
    this.#attempts.push(attempt);
    this.#recalls += 1;
    if (attempt.userCorrected) this.#corrections += 1;
  }

  /** Notes a fault. */
  recordFault(fault: FaultRecord): void {
    this.#faults.push(fault);
    this.#reasons[fault.reason] += 1;
  }

  /** Notes what a turn was answered with, in place of what was noted of it before. */
  recordTurn(context: TurnContext): void {
    this.#turns.delete(context.turn);
    this.#turns.set(context.turn, context);
    const [oldest] = this.#turns.keys();
    if (this.#turns.size > MAX_TURNS && oldest !== undefined) this.#turns.delete(oldest);
  }

  /** The latest attempts to recall something. */
  attempts(): readonly RecallAttempt[] {
    return [...this.#attempts];
  }

  /** Which share of all attempts did not have to be corrected; 1 before there are any. */
  recallSuccessRate(): number {
    return this.#recalls === 0 ? 1 : (this.#recalls - this.#corrections) / this.#recalls;
  }

  /** Faults a turn, within the last turns, that loaded what had been loaded in them before. */
  thrashIndex(options: ThrashOptions = {}): number {
    const { windowTurns = DEFAULT_WINDOW_TURNS, turn, topicOf = (pageId) => pageId } = options;
    const last = turn ?? this.#latestTurn();
    const faults = [...this.#faults].filter(
      (fault) => fault.turn > last - windowTurns && fault.turn <= last,
    );
    return windowTurns <= 0
      ? 0
      : repeats(faults.map(({ pageId }) => topicOf(pageId))) / windowTurns;
  }

  /** As {@link ExperienceMeter.thrashIndex} was first defined: over one turn more than it is divided by. */
  legacyThrashIndex(windowTurns: number = DEFAULT_WINDOW_TURNS): number {
    if (windowTurns <= 0) return 0;
    const first = Math.max(0, this.#latestTurn() - windowTurns);
    const faults = [...this.#faults].filter((fault) => fault.turn >= first);
    return repeats(faults.map(({ pageId }) => pageId)) / windowTurns;
  }

  /** Which share of the context of a turn was made use of; 0 when nothing is known of the turn. */
  effectiveTokensRatio(turn: number): number {
    const context = this.#turns.get(turn);
    if (context === undefined || context.tokensInContext <= 0) return 0;
    const used = context.pagesReferenced.reduce(
      (sum, { tokens = TOKENS_PER_PAGE }) => sum + tokens,
      0,
    );
    return Math.min(1, used / context.tokensInContext);
  }

  /** How often pages were faulted in for each reason. */
  faultReasons(): Readonly<Record<FaultReason, number>> {
    return { ...this.#reasons };
  }

  /** The shares of the reasons, held against what they should be. */
  faultReasonShares(): readonly ReasonShare[] {
    return reasonShares(this.#reasons);
  }

  #latestTurn(): number {
    return [...this.#faults].reduce((latest, { turn }) => Math.max(latest, turn), 0);
  }
}

function repeats(keys: readonly string[]): number {
  return keys.length - new Set(keys).size;
}
