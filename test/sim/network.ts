import type { Timer } from '../../src/domain/clock.ts';
import { StorageError } from '../../src/domain/errors.ts';
import type { Store } from '../../src/store/store.ts';
import type { Prng } from './prng.ts';
import type { Owner, Scheduler } from './scheduler.ts';
import { type StoreMethod, storeThrough } from './store-through.ts';

/** How badly the network behaves; probabilities are per message. */
export interface NetworkFaults {
  readonly dropRequest: number;
  readonly dropReply: number;
  /** A second copy of the request arrives some time. */
  readonly duplicate: number;
  /** The message arrives up to `lateMs` after it should have, often after the caller gave up. */
  readonly late: number;
  readonly lateMs: number;
  /** The store answers that nothing happened, and nothing did. */
  readonly refuse: number;
}

/** A network that loses nothing. */
export const NO_FAULTS: NetworkFaults = {
  dropRequest: 0,
  dropReply: 0,
  duplicate: 0,
  late: 0,
  lateMs: 0,
  refuse: 0,
};

interface Request<T> {
  readonly method: StoreMethod;
  readonly serve: () => Promise<T>;
}

/** Methods that change nothing, so that nothing is left of a call that was not answered. */
const READS: ReadonlySet<StoreMethod> = new Set([
  'load',
  'read',
  'head',
  'list',
  'tenantUsage',
  'dueOutbox',
  'stats',
]);

/** Longest undisturbed way of one message. */
const LATENCY_MS = 4;
/** How long a caller waits for an answer. */
const TIMEOUT_MS = 40;

/** Carries requests to the store and answers back, through whatever faults are set. */
export class Network {
  readonly #scheduler: Scheduler;
  readonly #prng: Prng;
  #faults: NetworkFaults;
  #underway = 0;

  constructor(scheduler: Scheduler, prng: Prng, faults: NetworkFaults) {
    this.#scheduler = scheduler;
    this.#prng = prng;
    this.#faults = faults;
  }

  /** Requests that have not arrived yet. */
  get underway(): number {
    return this.#underway;
  }

  /** Changes how the network behaves from now on. */
  setFaults(faults: NetworkFaults): void {
    this.#faults = faults;
  }

  /** The store as one process sees it: every call goes over the network. */
  connect(server: () => Store, owner: Owner): Store {
    return storeThrough(server, (method, serve) => this.#send({ method, serve }, owner));
  }

  #send<T>(request: Request<T>, owner: Owner): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let timer: Timer | null = null;
      let isOpen = true;
      const settle = (answer: () => void): void => {
        if (!isOpen) return;
        isOpen = false;
        timer?.cancel();
        answer();
      };
      const reply = (answer: () => void): void => {
        if (this.#prng.chance(this.#faults.dropReply)) return;
        this.#scheduler.after(this.#delayMs(), () => settle(answer), owner);
      };
      timer = this.#scheduler.after(
        TIMEOUT_MS,
        () => settle(() => reject(timedOut(request))),
        owner,
      );
      const copies = this.#copies();
      for (let copy = 0; copy < copies; copy += 1) {
        this.#arrive(request, copies === 1, (answer) => reply(() => answer(resolve, reject)));
      }
    });
  }

  /** Only a request that was sent once may be refused: of two copies the other one may have been carried out. */
  #arrive<T>(request: Request<T>, isOnly: boolean, reply: (answer: Answer<T>) => void): void {
    this.#underway += 1;
    this.#scheduler.after(this.#delayMs(), () => {
      this.#underway -= 1;
      if (this.#prng.chance(this.#faults.refuse)) {
        const error = new StorageError({ operation: request.method, backend: 'simulated' });
        if (isOnly) reply((_, reject) => reject(error));
        return;
      }
      request.serve().then(
        (value) => reply((resolve) => resolve(value)),
        (error: unknown) => reply((_, reject) => reject(error)),
      );
    });
  }

  #copies(): number {
    const { dropRequest, duplicate } = this.#faults;
    return Number(!this.#prng.chance(dropRequest)) + Number(this.#prng.chance(duplicate));
  }

  #delayMs(): number {
    const isLate = this.#prng.chance(this.#faults.late);
    return (
      this.#prng.between(1, LATENCY_MS) + (isLate ? this.#prng.between(0, this.#faults.lateMs) : 0)
    );
  }
}

type Answer<T> = (resolve: (value: T) => void, reject: (error: unknown) => void) => void;

function timedOut({ method }: Request<unknown>): StorageError {
  return new StorageError({
    code: READS.has(method) ? 'STORAGE_ERROR' : 'UNKNOWN_OUTCOME',
    operation: method,
    backend: 'simulated',
    message: `No answer to ${method} within ${TIMEOUT_MS} ms`,
  });
}
