import {
  type ClaimBookOptions,
  parseClaimBookOptions,
  parseClaims,
} from '../../domain/claim-book-state.ts';
import type { Claim, ClaimDraft } from '../../domain/claim.ts';
import { InvalidInput } from '../../domain/errors.ts';
import { correctedClaim } from './superseded-claims.ts';

/** Where a claim was said and under which id it is kept. */
export interface ClaimPlace {
  readonly claimId: string;
  /** A position in the log of the session: of two claims about one thing, the later one counts. */
  readonly position: number;
}

/** What adding a claim changed. */
export interface ClaimChange {
  /** The claim as it is kept; the earlier one when it was said before. */
  readonly claim: Claim;
  /** Whether the same was said before, so that nothing was added. */
  readonly isRepeated: boolean;
  /** Ids of claims that it took the place of. */
  readonly superseded: readonly string[];
  /** Ids of claims that had to make room. */
  readonly deactivated: readonly string[];
  /** Ids of claims that there was room for again. */
  readonly reactivated: readonly string[];
}

const DEFAULT_MAX_ACTIVE = 200;
/** What the value of a denial begins with. */
const DENIAL = 'not ';

/**
 * All claims of a session. Nothing is ever taken out: what is no longer so names what took its place. The active claims are the
 * strongest of those that are so, at most as many as the options say.
 */
export class ClaimBook {
  readonly #maxActive: number;
  readonly #claims = new Map<string, Claim>();
  readonly #active = new Set<string>();
  readonly #inactive = new Set<string>();
  /** Ids of claims that are so, by subject. */
  readonly #subjects = new Map<string, Set<string>>();

  /**
   * A book that goes on from claims that were stored.
   * @throws INVALID_INPUT naming the option or the field.
   */
  constructor(options: ClaimBookOptions = {}, claims: readonly Claim[] = []) {
    this.#maxActive = parseClaimBookOptions(options).maxActive ?? DEFAULT_MAX_ACTIVE;
    for (const claim of parseClaims(claims)) this.#keep(claim);
    while (this.#active.size > this.#maxActive) {
      this.#keep({ ...this.#of(this.#active).reduce(weaker), status: 'inactive' });
    }
    this.#fill();
  }

  /** How many claims there are, so or no longer. */
  get size(): number {
    return this.#claims.size;
  }

  /**
   * Adds a claim, and finds out which earlier ones it takes the place of.
   * @throws INVALID_INPUT when the id is taken.
   */
  add(draft: ClaimDraft, { claimId, position }: ClaimPlace): ClaimChange {
    if (this.#claims.has(claimId)) {
      throw new InvalidInput({ field: 'place.claimId', expected: 'an id that is not taken' });
    }
    const corrected =
      draft.kind === 'correction' && this.#about(draft.subject).length === 0
        ? correctedClaim({ ...draft, position }, this.#live())
        : null;
    // What it corrects tells what it is about, so that the next correction finds it.
    const subject = corrected?.subject ?? draft.subject;
    const same = this.#about(subject);
    const repeated = same.find(({ value }) => value === draft.value);
    if (repeated !== undefined && same.every((claim) => claim.position <= repeated.position)) {
      return this.#repeat(repeated, draft);
    }
    const opposed = same.filter((claim) => isOpposed(claim, draft));
    return this.#addNew({ ...draft, subject, claimId, position }, [
      ...new Set([...opposed, ...(corrected === null ? [] : [corrected])]),
    ]);
  }

  /** A claim; null when there is none with this id. */
  find(claimId: string): Claim | null {
    return this.#claims.get(claimId) ?? null;
  }

  /** The claims that count, the most important first, of equals the latest. */
  active(limit: number = Infinity): readonly Claim[] {
    return this.#of(this.#active).toSorted(byStrength).slice(0, limit);
  }

  /** All claims in the order in which they were added; plain data that a book can go on from. */
  all(): readonly Claim[] {
    return [...this.#claims.values()];
  }

  #repeat(claim: Claim, { importance }: ClaimDraft): ClaimChange {
    const again: Claim = {
      ...claim,
      timesSaid: claim.timesSaid + 1,
      importance: Math.max(claim.importance, importance),
    };
    this.#keep(again);
    const moves = this.#seat(again);
    return { claim: this.find(again.claimId) ?? again, isRepeated: true, superseded: [], ...moves };
  }

  #addNew(draft: ClaimDraft & ClaimPlace, related: readonly Claim[]): ClaimChange {
    const { claimId, position } = draft;
    const later = related
      .filter((claim) => claim.position > position)
      .toSorted((one, other) => one.position - other.position)[0];
    const supersededBy = later?.claimId ?? null;
    const added: Claim = {
      ...draft,
      status: supersededBy === null ? 'inactive' : 'superseded',
      supersededBy,
      timesSaid: 1,
    };
    this.#keep(added);
    const superseded = related.filter((claim) => claim.position <= position);
    for (const claim of superseded) {
      this.#keep({ ...claim, status: 'superseded', supersededBy: claimId });
    }
    const moves = this.#seat(added);
    return {
      claim: this.find(claimId) ?? added,
      isRepeated: false,
      superseded: superseded.map((each) => each.claimId),
      ...moves,
    };
  }

  /** Gives free places to the strongest, and the place of the weakest to a claim that is stronger. */
  #seat(claim: Claim): Pick<ClaimChange, 'deactivated' | 'reactivated'> {
    const reactivated = this.#fill().filter((id) => id !== claim.claimId);
    if (!this.#inactive.has(claim.claimId)) return { deactivated: [], reactivated };
    const weakest = this.#of(this.#active).reduce(weaker, claim);
    if (weakest.claimId === claim.claimId) return { deactivated: [], reactivated };
    this.#keep({ ...weakest, status: 'inactive' });
    this.#keep({ ...claim, status: 'active' });
    return { deactivated: [weakest.claimId], reactivated };
  }

  #fill(): readonly string[] {
    const filled: string[] = [];
    while (this.#active.size < this.#maxActive && this.#inactive.size > 0) {
      const strongest = this.#of(this.#inactive).reduce(stronger);
      this.#keep({ ...strongest, status: 'active' });
      filled.push(strongest.claimId);
    }
    return filled;
  }

  #keep(claim: Claim): void {
    const { claimId, status, subject } = claim;
    this.#claims.set(claimId, claim);
    move(this.#active, claimId, status === 'active');
    move(this.#inactive, claimId, status === 'inactive');
    if (subject === '') return;
    const about = this.#subjects.get(subject) ?? new Set();
    move(about, claimId, status !== 'superseded');
    if (about.size === 0) this.#subjects.delete(subject);
    else this.#subjects.set(subject, about);
  }

  #about(subject: string): readonly Claim[] {
    return this.#of(this.#subjects.get(subject) ?? []);
  }

  #live(): readonly Claim[] {
    return [...this.#of(this.#active), ...this.#of(this.#inactive)];
  }

  #of(ids: Iterable<string>): readonly Claim[] {
    return [...ids].flatMap((id) => this.#claims.get(id) ?? []);
  }
}

function move(ids: Set<string>, id: string, isIn: boolean): void {
  if (isIn) ids.add(id);
  else ids.delete(id);
}

/** The stronger first. */
function byStrength(one: Claim, other: Claim): number {
  return other.importance - one.importance || other.position - one.position;
}

function stronger(one: Claim, other: Claim): Claim {
  return byStrength(one, other) <= 0 ? one : other;
}

function weaker(one: Claim, other: Claim): Claim {
  return byStrength(one, other) <= 0 ? other : one;
}

/** Whether of two claims about one thing only the later one can be so: that something is not so says nothing against anything else. */
function isOpposed(claim: Claim, draft: ClaimDraft): boolean {
  if (!draft.value.startsWith(DENIAL)) return true;
  const held = new Set(claim.value.split(' '));
  return draft.value
    .slice(DENIAL.length)
    .split(' ')
    .every((term) => held.has(term));
}
