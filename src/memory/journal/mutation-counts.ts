import {
  MUTATION_ACTORS,
  MUTATION_TYPES,
  type MutationActor,
  type MutationType,
  type PageMutation,
} from '../../domain/page-mutation.ts';

/** Counts what mutations there were, without looking at any of them again. */
export class MutationCounts {
  readonly #types = zeros(MUTATION_TYPES);
  readonly #actors = zeros(MUTATION_ACTORS);
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

function zeros<Key extends string>(keys: readonly Key[]): Record<Key, number> {
  // A list of all keys gives a record of all keys, which fromEntries cannot tell.
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<Key, number>;
}
