import type { MutationActor, MutationType, PageMutation } from '../../domain/page-mutation.ts';

/** Counts what mutations there were, without looking at any of them again. */
export class MutationCounts {
  readonly #types: Record<MutationType, number> = {
    create: 0,
    fault_in: 0,
    evict: 0,
    compress: 0,
    pin: 0,
    unpin: 0,
    update: 0,
    delete: 0,
  };
  readonly #actors: Record<MutationActor, number> = { user: 0, model: 0, tool: 0, system: 0 };
  #total = 0;

  /** All mutations. */
  get total(): number {
    return this.#total;
  }

  /** Counts one more. */
  add({ type, actor }: PageMutation): void {
    this.#types[type] += 1;
    this.#actors[actor] += 1;
    this.#total += 1;
  }

  /** How many there were of a type. */
  ofType(type: MutationType): number {
    return this.#types[type];
  }

  /** A copy of the counts by actor. */
  byActor(): Readonly<Record<MutationActor, number>> {
    return { ...this.#actors };
  }
}
