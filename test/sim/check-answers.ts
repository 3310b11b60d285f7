import { decide } from '../../src/domain/decide.ts';
import { encodeRecord } from '../../src/store/codec.ts';
import type { Ask, Call } from './call.ts';
import { countTokens } from './process.ts';
import type { Truth } from './truth.ts';
import type { Rule, Violation } from './violation.ts';

/** Which moments an answer is proof of. */
export interface Evidence {
  readonly call: Call;
  /** The earliest moment that fits the answer; null when the answer proves nothing. */
  readonly index: number | null;
  /** The moments of the call's own records. */
  readonly own: readonly number[];
}

type Replied = Extract<Call['outcome'], { readonly kind: 'replied' }>['reply'];

/** Errors that say nothing about the session: the call was not carried out, for a reason outside of it. */
const OUTER_CODES: ReadonlySet<string> = new Set([
  'ABORTED',
  'DEADLINE_EXCEEDED',
  'OVERLOADED',
  'SESSION_CONFLICT',
  'STORAGE_ERROR',
]);

/** Errors that the state of the session is the reason of. */
const STATE_CODES: ReadonlySet<string> = new Set([
  'INVALID_SESSION_OPERATION',
  'SESSION_ALREADY_EXISTS',
  'SESSION_NOT_FOUND',
]);

/**
 * Holds every answer of one session against what the store did. In an append-only log this needs no search: an answer
 * fits at a position or it does not, and positions are in order or they are not.
 */
export class AnswerCheck {
  readonly #truth: Truth;
  readonly #report: (violation: Violation) => void;
  readonly #claimed = new Set<number>();
  readonly #evidence = new Map<Call, Evidence>();

  constructor(truth: Truth, report: (violation: Violation) => void) {
    this.#truth = truth;
    this.#report = report;
  }

  /** Checks all calls to the session, given in the order of their answers; what each is proof of, in the same order. */
  check(calls: readonly Call[]): readonly Evidence[] {
    const byBeginning = [...calls].sort((one, other) => one.begunStamp - other.begunStamp);
    let ended = 0;
    let bound = 0;
    for (const call of byBeginning) {
      for (
        let next = calls[ended];
        next !== undefined && next.endedStamp < call.begunStamp;
        next = calls[ended]
      ) {
        bound = Math.max(bound, this.#evidence.get(next)?.index ?? 0);
        ended += 1;
      }
      this.#evidence.set(call, this.#weigh(call, bound));
    }
    return calls.flatMap((call) => this.#evidence.get(call) ?? []);
  }

  #weigh(call: Call, bound: number): Evidence {
    const { outcome } = call;
    const to = this.#truth.indexAt(call.endedStamp);
    const nothing = { call, index: null, own: [] };
    switch (outcome.kind) {
      case 'replied':
        return this.#weighReply(call, outcome.reply, { from: bound, to });
      case 'read': {
        const isFresh = call.ask.type === 'read' && call.ask.freshness === 'fresh';
        const from = isFresh ? Math.max(bound, this.#lastLoss(call.begunStamp)) : 0;
        return { call, index: this.#match(call, outcome.state, { from, to }), own: [] };
      }
      case 'removed':
        return { call, index: this.#match(call, null, { from: bound, to }), own: [] };
      case 'refused':
        this.#checkRefusal(call, outcome, { from: bound, to });
        return nothing;
      case 'regressed':
        this.#checkRegress(call, to);
        return nothing;
      case 'unknown':
        return nothing;
    }
  }

  #weighReply(
    call: Call,
    reply: Replied,
    range: { readonly from: number; readonly to: number },
  ): Evidence {
    const own = reply.kind === 'committed' ? this.#claim(call, reply) : [];
    const first = own[0];
    if (first !== undefined && first <= range.from) {
      this.#violate(
        'order-is-kept',
        call,
        'was recorded before something that was acknowledged before it began',
      );
    }
    if (reply.kind === 'unchanged') this.#checkUnchanged(call, range);
    if (reply.kind === 'repeated') this.#checkRepeated(call, reply, range.to);
    const from = Math.max(range.from, own.at(-1) ?? 0);
    return { call, index: this.#match(call, reply.state, { from, to: range.to }), own };
  }

  /** The moments of what the reply says was recorded, each of which belongs to one call only. */
  #claim(call: Call, reply: Extract<Replied, { readonly kind: 'committed' }>): readonly number[] {
    const records = reply.events.map(encodeRecord);
    const start = this.#truth
      .indexesOf(reply.firstPosition)
      .find((index) => this.#isOwn(call, index, records));
    const own = records.map((_, offset) => (start ?? 0) + offset);
    if (start === undefined) {
      this.#violate(
        'acknowledged-is-recorded',
        call,
        `is not at position ${reply.firstPosition} of the log`,
      );
      return [];
    }
    for (const index of own) this.#claimed.add(index);
    return own;
  }

  /** Whether exactly these records were recorded from a moment on, during the call and for nobody else. */
  #isOwn(call: Call, start: number, records: readonly string[]): boolean {
    return records.every((record, offset) => {
      const moment = this.#truth.moments[start + offset]?.moment;
      if (moment?.cause !== 'recorded' || moment.record !== record) return false;
      if (this.#claimed.has(start + offset)) return false;
      return moment.stamp > call.begunStamp && moment.stamp < call.endedStamp;
    });
  }

  #match(
    call: Call,
    state: Parameters<Truth['find']>[0],
    range: { readonly from: number; readonly to: number },
  ): number | null {
    const index = this.#truth.find(state, range);
    if (index !== null) return index;
    const isOld = this.#truth.find(state, { from: 0, to: range.to }) !== null;
    const what = state === null ? 'no session' : `version ${state.version}`;
    if (isOld)
      this.#violate(
        'fresh-is-fresh',
        call,
        `was answered with ${what}, older than what was known before`,
      );
    else
      this.#violate(
        'state-is-a-prefix',
        call,
        `was answered with ${what}, which the session never was`,
      );
    return null;
  }

  #lastLoss(stamp: number): number {
    return this.#truth.moments.findLastIndex(
      ({ moment }) => moment.cause === 'lost' && moment.stamp < stamp,
    );
  }

  #checkUnchanged(call: Call, range: { readonly from: number; readonly to: number }): void {
    const { ask } = call;
    if (ask.type !== 'command') return;
    if (this.#isDecidedSomewhere(ask, range, (decision) => decision.kind === 'unchanged')) return;
    this.#violate(
      'refusal-is-true',
      call,
      'was told that nothing changes, which was never so meanwhile',
    );
  }

  #checkRepeated(
    call: Call,
    reply: Extract<Replied, { readonly kind: 'repeated' }>,
    to: number,
  ): void {
    const key = keyOf(call.ask);
    const isThere = this.#truth.indexesOf(reply.position).some((index) => {
      const event = this.#truth.moments[index]?.event;
      if (index > to || event?.type !== 'event-recorded') return false;
      return event.event.id === reply.eventId && event.idempotencyKey === key;
    });
    if (!isThere)
      this.#violate(
        'acknowledged-is-recorded',
        call,
        `is not at the repeated position ${reply.position}`,
      );
  }

  #checkRefusal(
    call: Call,
    outcome: Extract<Call['outcome'], { readonly kind: 'refused' }>,
    range: { readonly from: number; readonly to: number },
  ): void {
    const { code } = outcome;
    if (code !== null && OUTER_CODES.has(code)) return;
    const { ask } = call;
    if (code === null || !STATE_CODES.has(code) || ask.type !== 'command') {
      this.#violate('error-is-expected', call, `failed with ${describe(outcome.error)}`);
      return;
    }
    const isTrue = this.#isDecidedSomewhere(
      ask,
      range,
      (decision) => decision.kind === 'rejected' && decision.error.code === code,
    );
    if (!isTrue)
      this.#violate(
        'refusal-is-true',
        call,
        `was refused with ${code}, for which there was no reason meanwhile`,
      );
  }

  #checkRegress(call: Call, to: number): void {
    const hasLost = this.#truth.moments.some(
      ({ moment }, index) => index <= to && moment.cause === 'lost',
    );
    if (!hasLost) this.#violate('loss-is-real', call, 'was told of a loss that never was');
  }

  #isDecidedSomewhere(
    { command, lifeId }: Extract<Ask, { readonly type: 'command' }>,
    range: { readonly from: number; readonly to: number },
    fits: (decision: ReturnType<typeof decide>) => boolean,
  ): boolean {
    const { key, moments } = this.#truth;
    const env = {
      nowMs: 0,
      newId: () => 'none',
      countTokens,
      isExactFor: () => true,
      prices: { priceUsage: () => ({ kind: 'unpriced', reason: 'unknown-model' }) as const },
    };
    for (let index = range.from; index <= range.to; index += 1) {
      const state = moments[index]?.state ?? null;
      const meant = lifeId === undefined ? {} : { lifeId };
      if (fits(decide({ key, state, env, ...meant }, command))) return true;
    }
    return false;
  }

  #violate(rule: Rule, call: Call, text: string): void {
    this.#report({
      rule,
      sessionId: this.#truth.key.sessionId,
      text: `${call.tag} (${call.host}) ${text}`,
    });
  }
}

function keyOf(ask: Ask): string | null {
  return ask.type === 'command' && ask.command.type === 'record-event'
    ? ask.command.idempotencyKey
    : null;
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
