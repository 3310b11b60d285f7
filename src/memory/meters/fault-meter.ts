import { InvalidInput } from '../../domain/errors.ts';
import { parseFaultPolicy } from '../../domain/meter-options.ts';
import {
  DEFAULT_FAULT_POLICY,
  type FaultPolicy,
  type FaultQuota,
  type FaultReason,
} from '../../domain/paging-policy.ts';
import type { PageLevel } from '../../domain/page.ts';
import { type FaultRefusal, refuseFault } from './fault-refusal.ts';

/** A page that somebody wants to load. */
export interface FaultRequest {
  readonly reason: FaultReason;
  /** What it takes at the level that it is asked for. */
  readonly tokens: number;
}

/** A fault that may go on, and counts from now on. It has to be ended once, by one of its functions; later calls do nothing. */
export interface FaultReservation {
  readonly kind: 'reserved';
  readonly tokens: number;
  /**
   * The page was loaded and takes this much, what was reserved by default. False when that is more than there is left: then
   * nothing is granted and the page must not be given.
   */
  readonly settle: (tokens?: number) => boolean;
  /** Nothing was loaded, and that is nobody's fault. */
  readonly release: () => void;
  /** Nothing was loaded; this counts as a failed call. */
  readonly fail: () => void;
}

/** A form of a page that could be given. */
export interface FaultChoice {
  readonly level: PageLevel;
  readonly tokens: number;
}

/** What was used of a policy in one turn; a reservation goes on counting in the turn that it was made in. */
interface TurnUse {
  faults: number;
  tokens: number;
  failures: number;
}

/**
 * Holds faults to one policy, however many are under way at a time: quota is taken before a page is loaded, and given back when
 * it was not.
 */
export class FaultMeter {
  readonly policy: FaultPolicy;
  #turn: TurnUse = { faults: 0, tokens: 0, failures: 0 };

  /** @throws INVALID_INPUT naming the field of the policy. */
  constructor(policy: FaultPolicy = DEFAULT_FAULT_POLICY) {
    this.policy = parseFaultPolicy(policy);
  }

  /** Whether a fault would be granted now. */
  canFault(tokens: number, reason: FaultReason = 'resolve_reference'): boolean {
    return this.#refusal({ tokens, reason }) === null;
  }

  /**
   * Takes what a fault needs, or says why it may not be.
   * @throws INVALID_INPUT when the tokens are no number of tokens.
   */
  reserve(request: FaultRequest): FaultReservation | FaultRefusal {
    assertTokens(request.tokens);
    return this.#refusal(request) ?? this.#reservation(request.tokens);
  }

  /**
   * Takes what the first form needs that fits, in the order given; refuses with the reason for the last one.
   * @throws INVALID_INPUT when there is no form, or its tokens are no number of tokens.
   */
  reserveFirst(
    choices: readonly FaultChoice[],
    reason: FaultReason,
  ): (FaultReservation & { readonly level: PageLevel }) | FaultRefusal {
    let refusal: FaultRefusal | null = null;
    for (const { level, tokens } of choices) {
      const answer = this.reserve({ reason, tokens });
      if (answer.kind === 'reserved') return { ...answer, level };
      refusal = answer;
    }
    if (refusal !== null) return refusal;
    throw new InvalidInput({ field: 'choices', expected: 'at least one form of the page' });
  }

  /** Notes a call that failed before anything was reserved, such as one for a page that does not exist. */
  recordFailure(): void {
    this.#turn.failures += 1;
  }

  /** Begins a turn with the whole quota. What is under way still counts in the turn that it began in. */
  newTurn(): void {
    this.#turn = { faults: 0, tokens: 0, failures: 0 };
  }

  /** What is left in this turn. */
  quota(): FaultQuota {
    const { maxFaultsPerTurn, maxFaultTokensPerTurn, maxFailedFaultsPerTurn } = this.policy;
    const { faults, tokens, failures } = this.#turn;
    return {
      faultsRemaining: maxFaultsPerTurn - faults,
      tokensRemaining: maxFaultTokensPerTurn - tokens,
      failuresRemaining: Math.max(0, maxFailedFaultsPerTurn - failures),
    };
  }

  #refusal(request: FaultRequest): FaultRefusal | null {
    return refuseFault(this.policy, this.#turn, request);
  }

  #reservation(tokens: number): FaultReservation {
    const turn = this.#turn;
    let isOpen = true;
    turn.faults += 1;
    turn.tokens += tokens;
    const giveBack = (): boolean => {
      if (!isOpen) return false;
      isOpen = false;
      turn.faults -= 1;
      turn.tokens -= tokens;
      return true;
    };
    return {
      kind: 'reserved',
      tokens,
      settle: (actual = tokens) => {
        assertTokens(actual);
        if (!giveBack()) return false;
        if (turn.tokens + actual > this.policy.maxFaultTokensPerTurn) return false;
        turn.faults += 1;
        turn.tokens += actual;
        return true;
      },
      release: () => {
        giveBack();
      },
      fail: () => {
        if (giveBack()) turn.failures += 1;
      },
    };
  }
}

function assertTokens(tokens: number): void {
  if (Number.isSafeInteger(tokens) && tokens >= 0) return;
  throw new InvalidInput({ field: 'tokens', expected: 'a whole number of at least 0' });
}
