import { PagefoldError } from '../domain/errors.ts';
import type { KernelModule } from './kernel-module.ts';

/**
 * One instance of the module and whether it can still be trusted. After a trap nobody knows what its memory looks like,
 * so it is poisoned: it answers every later call with the same error, and its owner makes a new one.
 */
export class KernelInstance {
  /** To be read for every call: it is exchanged when the instance is poisoned. */
  exports: KernelModule;
  #failure: PagefoldError | undefined;

  constructor(module: KernelModule) {
    this.exports = module;
  }

  /** Whether the instance can no longer be trusted. */
  isPoisoned(): boolean {
    return this.#failure !== undefined;
  }

  /** Makes the instance unusable and returns the error for this and every later call. */
  poison(cause: unknown): PagefoldError {
    if (this.#failure !== undefined) return this.#failure;
    const failure = new PagefoldError(
      'KERNEL_POISONED',
      'The kernel stopped in a call or was found inconsistent; its memory cannot be trusted.',
      { cause },
    );
    this.#failure = failure;
    this.exports = new Proxy(this.exports, {
      get: () => {
        throw failure;
      },
    });
    return failure;
  }
}
