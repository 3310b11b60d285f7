import { type ActorLimits, DEFAULT_ACTOR_LIMITS } from '../../src/actors/limits.ts';
import type { SegmentPolicy } from '../../src/domain/segment.ts';
import { type NetworkFaults, NO_FAULTS } from './network.ts';
import type { Prng } from './prng.ts';

/** What besides the faults of the network a simulation is about. */
export const FLAVOURS = ['plain', 'removals', 'losses', 'forks'] as const;
/** One of {@link FLAVOURS}. */
export type Flavour = (typeof FLAVOURS)[number];

/** The shape of one simulation. */
export interface Profile {
  readonly flavour: Flavour;
  readonly processes: number;
  readonly clients: number;
  readonly callsPerClient: number;
  readonly sessions: readonly string[];
  readonly faults: NetworkFaults;
  /** How often a process dies, is held up, or the store loses its latest moves. */
  readonly crashes: number;
  readonly holds: number;
  readonly losses: number;
  /** Records in one page from the store. */
  readonly pageRecords: number;
  readonly limits: ActorLimits;
  readonly policy: SegmentPolicy;
}

/** Draws the shape of a simulation. */
export function drawProfile(prng: Prng): Profile {
  const flavour = prng.pick(['plain', 'plain', 'removals', 'losses', 'forks'] as const);
  return {
    flavour,
    processes: prng.between(2, 3),
    clients: prng.between(3, 4),
    callsPerClient: prng.between(6, 12),
    sessions: drawSessions(prng, flavour),
    faults: drawFaults(prng),
    crashes: prng.pick([0, 0, 1, 2]),
    holds: prng.pick([0, 1, 2]),
    losses: flavour === 'losses' ? prng.between(1, 2) : 0,
    pageRecords: prng.pick([1, 2, 4, 256]),
    limits: drawLimits(prng, flavour),
    policy: {
      tokenThreshold: prng.pick([30, 60, 1_000_000]),
      maxTurnsPerSegment: prng.between(1, 4),
      carryTokens: prng.pick([0, 20]),
      summaryTokens: prng.pick([0, 20]),
      requestSummary: true,
    },
  };
}

function drawSessions(prng: Prng, flavour: Flavour): readonly string[] {
  // A fork's origin comes before it.
  if (flavour === 'forks') return ['s0', 'f1', 'f2'];
  return prng.chance(0.7) ? ['s0'] : ['s0', 's1'];
}

function drawFaults(prng: Prng): NetworkFaults {
  // A network that loses nothing finds other faults than one that mostly fails.
  const share = prng.pick([0, 0.02, 0.08, 0.2]);
  if (share === 0) return NO_FAULTS;
  return {
    dropRequest: share * prng.next(),
    dropReply: share * prng.next(),
    duplicate: share * prng.next(),
    late: share * prng.next(),
    lateMs: prng.pick([50, 400]),
    refuse: prng.pick([0, share * prng.next()]),
  };
}

function drawLimits(prng: Prng, flavour: Flavour): ActorLimits {
  // What a process has let go of, it cannot miss: to tell a loss it must still hold what it saw.
  const isHolding = flavour === 'losses';
  return {
    ...DEFAULT_ACTOR_LIMITS,
    commitRecords: prng.pick([3, 512]),
    conflictRounds: prng.pick([4, 64]),
    retryHorizonMs: prng.pick([60, 400]),
    retryFirstMs: 5,
    retryMaxMs: 40,
    hydrations: prng.pick([1, 64]),
    snapshotEvents: prng.pick([2, 5, 128]),
    passivationSnapshotEvents: prng.pick([1, 64]),
    idleTimeoutMs: isHolding ? 600_000 : prng.pick([20, 600_000]),
    idleScanMs: prng.pick([25, 200]),
    activationBytes: isHolding ? 1_000_000 : prng.pick([0, 1_000_000]),
  };
}
