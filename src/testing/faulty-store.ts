import { assertNever } from '../domain/assert.ts';
import { StorageError } from '../domain/errors.ts';
import { forwardingStore } from '../store/forwarding-store.ts';
import type { Store } from '../store/store.ts';
import type { Fate, FaultPlan, StoreMethod } from './fault-plan.ts';

/** A call that met a fault, in the order of the calls. */
export interface InjectedFault {
  readonly method: StoreMethod;
  readonly fate: Exclude<Fate, 'deliver'>;
}

/** What a copy was answered that its caller no longer waited for. */
export interface LateAnswer {
  readonly method: StoreMethod;
  /** The value, or the error when it was refused. */
  readonly answer: unknown;
}

/** A store behind a network that loses, delays and repeats calls. */
export interface FaultyStore extends Store {
  /** The faults so far. */
  readonly faults: readonly InjectedFault[];
  /** The answers that nobody received. */
  readonly lateAnswers: readonly LateAnswer[];
  /** Resolves when no copy is under way any more; the clock must move for that. */
  settled(): Promise<void>;
}

/** Puts a store behind a network whose faults a plan decides; `close` is never disturbed. */
export function faultyStore(store: Store, plan: FaultPlan): FaultyStore {
  const network = new FaultyNetwork(plan);
  return {
    ...forwardingStore(store, (method, call) => network.send(method, call)),
    faults: network.faults,
    lateAnswers: network.lateAnswers,
    settled: () => network.settled(),
  };
}

class FaultyNetwork {
  readonly faults: InjectedFault[] = [];
  readonly lateAnswers: LateAnswer[] = [];
  readonly #plan: FaultPlan;
  readonly #underway: Set<Promise<void>> = new Set();

  constructor(plan: FaultPlan) {
    this.#plan = plan;
  }

  async send<Answer>(method: StoreMethod, request: () => Promise<Answer>): Promise<Answer> {
    const fate = this.#plan.fateOf(method);
    if (fate !== 'deliver') this.faults.push({ method, fate });
    switch (fate) {
      case 'deliver':
        return request();
      case 'delay':
        await this.#pause();
        return request();
      case 'drop-request':
        throw lost(method);
      case 'drop-reply':
        await this.#answerNobody(method, request);
        throw lost(method);
      case 'late':
        this.#sendLater(method, request);
        throw lost(method);
      case 'duplicate':
        this.#sendLater(method, request);
        return request();
      default:
        return assertNever(fate);
    }
  }

  async settled(): Promise<void> {
    await Promise.all(this.#underway);
  }

  #sendLater(method: StoreMethod, request: () => Promise<unknown>): void {
    const copy = this.#pause().then(() => this.#answerNobody(method, request));
    this.#underway.add(copy);
    void copy.finally(() => this.#underway.delete(copy));
  }

  async #answerNobody(method: StoreMethod, request: () => Promise<unknown>): Promise<void> {
    const [outcome] = await Promise.allSettled([request()]);
    this.lateAnswers.push({
      method,
      answer: outcome.status === 'fulfilled' ? outcome.value : outcome.reason,
    });
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#plan.clock.setTimer(this.#plan.delayMs(), resolve);
    });
  }
}

function lost(method: StoreMethod): StorageError {
  return new StorageError({
    code: 'UNKNOWN_OUTCOME',
    operation: method,
    backend: 'faulty network',
  });
}
