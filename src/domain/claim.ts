import type { PageRole } from './page.ts';

/** What a claim says: what was decided, what is so, what somebody likes, what is to be done, what is no longer so. */
export const CLAIM_KINDS = ['decision', 'fact', 'preference', 'plan', 'correction'] as const;
/** One of {@link CLAIM_KINDS}. */
export type ClaimKind = (typeof CLAIM_KINDS)[number];

/** A message that claims are looked for in. */
export interface ClaimSource {
  readonly pageId: string;
  readonly role: PageRole;
  readonly text: string;
  /** Milliseconds since 1970, UTC. */
  readonly createdAtMs: number;
  /** The name of who speaks, in conversations of people with names. */
  readonly speaker?: string | null | undefined;
}

/** A claim as it was found in a message, before it is compared with others. */
export interface ClaimDraft {
  readonly kind: ClaimKind;
  /** One short sentence, in the words of the message. */
  readonly text: string;
  /** What it is about, in a form that is equal for claims about the same thing; empty when it cannot be told. */
  readonly subject: string;
  /** What it says of that, in a form that is equal for claims that say the same; may be empty. */
  readonly value: string;
  /** Terms of what is no longer so, as far as the claim names it. */
  readonly replaces: readonly string[];
  /** From 0 to 1. */
  readonly importance: number;
  /** Ids of the pages it was found in. */
  readonly provenance: readonly string[];
  readonly role: PageRole;
  /** When it was said, in milliseconds since 1970, UTC. */
  readonly createdAtMs: number;
}

/** `inactive` claims had to make room, and `superseded` ones are no longer so; both stay. */
export const CLAIM_STATUSES = ['active', 'inactive', 'superseded'] as const;
/** One of {@link CLAIM_STATUSES}. */
export type ClaimStatus = (typeof CLAIM_STATUSES)[number];

/** A claim among others. */
export interface Claim extends ClaimDraft {
  readonly claimId: string;
  /** Where it was said: a position in the log of the session. */
  readonly position: number;
  readonly status: ClaimStatus;
  /** The id of the claim that took its place; null while it is so. */
  readonly supersededBy: string | null;
  /** How often it was said. */
  readonly timesSaid: number;
}
