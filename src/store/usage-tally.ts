import type { UsageCounters } from './store.ts';

/** Running sums of usage counters. */
export class UsageTally {
  #events = 0;
  #messages = 0;
  #toolCalls = 0;
  #unpricedCalls = 0;
  #tokens = 0;
  #costPico = 0n;

  /** Whether every sum stays exact when counters are added. */
  canAdd(counters: UsageCounters): boolean {
    return (
      Number.isSafeInteger(this.#tokens + counters.tokens) &&
      Number.isSafeInteger(this.#events + counters.events) &&
      Number.isSafeInteger(this.#messages + counters.messages) &&
      Number.isSafeInteger(this.#toolCalls + counters.toolCalls) &&
      Number.isSafeInteger(this.#unpricedCalls + counters.unpricedCalls)
    );
  }

  /** Adds counters. */
  add(counters: UsageCounters): void {
    this.#events += counters.events;
    this.#messages += counters.messages;
    this.#toolCalls += counters.toolCalls;
    this.#unpricedCalls += counters.unpricedCalls;
    this.#tokens += counters.tokens;
    // Most records cost nothing, and a sum of big integers is a new object.
    if (counters.costPico !== 0n) this.#costPico += counters.costPico;
  }

  /** Takes counters out again. */
  subtract(counters: UsageCounters): void {
    this.#events -= counters.events;
    this.#messages -= counters.messages;
    this.#toolCalls -= counters.toolCalls;
    this.#unpricedCalls -= counters.unpricedCalls;
    this.#tokens -= counters.tokens;
    this.#costPico -= counters.costPico;
  }

  /** The sums as they are now. */
  read(): UsageCounters {
    return {
      events: this.#events,
      messages: this.#messages,
      toolCalls: this.#toolCalls,
      unpricedCalls: this.#unpricedCalls,
      tokens: this.#tokens,
      costPico: this.#costPico,
    };
  }

  /** Whether every sum is zero. */
  isZero(): boolean {
    const counts = [
      this.#events,
      this.#messages,
      this.#toolCalls,
      this.#unpricedCalls,
      this.#tokens,
    ];
    return counts.every((count) => count === 0) && this.#costPico === 0n;
  }
}
