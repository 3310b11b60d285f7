import { InvalidInput } from '../../domain/errors.ts';
import type { EvictionWeights } from './eviction-policy.ts';
import type { PageFacts } from './page-facts.ts';
import { TIERS } from './page-kinds.ts';
import type { SlotIndex, Tier } from './page-kinds.ts';
import type { WorkingSet, WorkingSetOptions } from './working-set.ts';

/** Everything a working set knows, as plain data: enough to build an equal one in any kernel. */
export interface WorkingSetSnapshot {
  readonly totalTokens: number;
  readonly reservedTokens: number;
  readonly policy: EvictionWeights;
  readonly turn: number;
  /** In order of creation. */
  readonly pages: readonly PageFacts[];
  /** Positions in `pages`, by tier, in order of arrival there. */
  readonly arrivals: Readonly<Record<Tier, readonly number[]>>;
}

/** A rebuilt working set and the new slot of each page of the snapshot. */
export interface RestoredWorkingSet {
  readonly set: WorkingSet;
  readonly slots: readonly SlotIndex[];
}

/** Takes down a working set; where a page stands in `slots` is where it stands in the `pages` of the snapshot. */
export function takeSnapshot(set: WorkingSet): {
  readonly snapshot: WorkingSetSnapshot;
  readonly slots: readonly SlotIndex[];
} {
  const { totalTokens, reservedTokens, turn } = set.figures();
  const known = TIERS.flatMap((tier) => set.listTier(tier))
    .map((slot) => ({ slot, facts: set.read(slot) }))
    .toSorted((left, right) => left.facts.created - right.facts.created);
  const positions = new Map(known.map(({ slot }, position) => [slot, position]));
  const arrivalsIn = (tier: Tier): readonly number[] =>
    set.listTier(tier).map((slot) => positions.get(slot) ?? 0);
  return {
    slots: known.map(({ slot }) => slot),
    snapshot: {
      totalTokens,
      reservedTokens,
      policy: set.policy,
      turn,
      pages: known.map(({ facts }) => facts),
      arrivals: {
        L0: arrivalsIn('L0'),
        L1: arrivalsIn('L1'),
        L2: arrivalsIn('L2'),
        L3: arrivalsIn('L3'),
        L4: arrivalsIn('L4'),
      },
    },
  };
}

/**
 * Rebuilds a working set with the given opener of a kernel. A snapshot that is refused leaves no set behind.
 *
 * @throws {PagefoldError} `INVALID_INPUT` for a snapshot that no working set can have given.
 */
export function restoreSnapshot(
  snapshot: WorkingSetSnapshot,
  open: (options: WorkingSetOptions) => WorkingSet,
): RestoredWorkingSet {
  const set = open(snapshot);
  try {
    return { set, slots: fill(set, snapshot) };
  } catch (error) {
    set.close();
    throw error;
  }
}

function fill(set: WorkingSet, { pages, arrivals }: WorkingSetSnapshot): readonly SlotIndex[] {
  const slots = pages.map((page) => {
    const slot = set.add(page);
    // What fitted once fits again.
    if (slot === undefined) throw refused('pages', 'pages that fit their budget');
    return slot;
  });
  const slotsIn = (tier: Tier): readonly SlotIndex[] =>
    arrivals[tier].map((position) => {
      const slot = slots[position];
      if (slot === undefined) throw refused(`arrivals.${tier}`, 'positions of pages');
      return slot;
    });
  // Pages came in by creation; arriving once more puts them in the order in which they had come.
  for (const slot of slotsIn('L0')) set.renew(slot);
  for (const tier of ['L1', 'L2', 'L3', 'L4'] as const) {
    for (const slot of slotsIn(tier)) set.moveTo(slot, tier);
  }
  return slots;
}

function refused(field: string, expected: string): InvalidInput {
  return new InvalidInput({ field: `snapshot.${field}`, expected });
}
