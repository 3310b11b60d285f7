import type { ManifestLimits } from '../../domain/context-options.ts';
import type { Modality, PageLevel, StorageTier } from '../../domain/page.ts';
import type { FaultPolicy, FaultQuota } from '../../domain/paging-policy.ts';
import { wrapBlock } from './context-block.ts';
import type { AvailablePage } from './context-plan.ts';
import { safeJson } from './safe-text.ts';

/** A page of the context, as a manifest names it. */
export interface ManifestWorkingPage {
  readonly pageId: string;
  readonly modality: Modality;
  readonly level: PageLevel;
  /** Tokens of what is shown. */
  readonly tokens: number;
  readonly importance: number;
}

/** What a manifest is made from. */
export interface ManifestSource {
  readonly sessionId: string;
  readonly workingSet: readonly ManifestWorkingPage[];
  /** The most useful first. */
  readonly available: readonly AvailablePage[];
  readonly policy: FaultPolicy;
  /** What is left of the policy in this turn; left out when not known. */
  readonly quota?: FaultQuota | undefined;
}

/** A manifest in the form that models read, and whose it is. */
export interface Manifest {
  /** Not sent to a model; see {@link sentManifestJson}. */
  readonly session_id: string;
  readonly working_set: readonly {
    readonly page_id: string;
    readonly modality: Modality;
    readonly level: PageLevel;
    readonly tokens_est: number;
    readonly importance: number;
  }[];
  readonly available_pages: readonly {
    readonly page_id: string;
    readonly modality: Modality;
    readonly tier: StorageTier;
    readonly levels: readonly PageLevel[];
    readonly hint: string;
  }[];
  readonly policies: {
    readonly faults_allowed: boolean;
    readonly max_faults_per_turn: number;
    readonly upgrade_budget_tokens: number;
    readonly prefer_levels: readonly PageLevel[];
    readonly faults_remaining?: number;
    readonly upgrade_tokens_remaining?: number;
  };
}

/** Pages in each list of a manifest where nothing else is said. */
export const DEFAULT_MANIFEST_ENTRIES = 50;

/** What `safeJson` and the escape for `<` change. */
const TO_ESCAPE = /[<\u0085\u2028\u2029]/;

/** The index of pages that a model navigates by; its numbers are those of the policy that will decide. */
export function buildManifest(
  source: ManifestSource,
  { maxEntries = DEFAULT_MANIFEST_ENTRIES }: Pick<ManifestLimits, 'maxEntries'> = {},
): Manifest {
  const { sessionId, workingSet, available, policy, quota } = source;
  const mapped = new Set(workingSet.map(({ pageId }) => pageId));
  const free = available.filter(({ page }) => !mapped.has(page.pageId));
  return {
    session_id: sessionId,
    working_set: workingSet.slice(0, maxEntries).map((page) => ({
      page_id: page.pageId,
      modality: page.modality,
      level: page.level,
      tokens_est: page.tokens,
      importance: page.importance,
    })),
    available_pages: free.slice(0, maxEntries).map(({ page, tier, levels }) => ({
      page_id: page.pageId,
      modality: page.modality,
      tier,
      levels: [...levels],
      hint: page.hint,
    })),
    policies: policiesOf(policy, quota),
  };
}

/**
 * All of the manifest as compact JSON, or indented; `<` is written as an escape, so that no hint can close the block. It has the id of
 * the session, which models are not sent.
 */
export function manifestJson(manifest: Manifest, indent: number = 0): string {
  return escapedJson(manifest, indent);
}

/** Any part of a manifest as JSON: it is escaped sign by sign, so parts put together are what the whole is. */
export function escapedJson(part: unknown, indent: number = 0): string {
  const json = JSON.stringify(part, null, indent);
  return TO_ESCAPE.test(json) ? safeJson(json).replaceAll('<', '\\u003c') : json;
}

/**
 * The manifest as models are sent it. They have no use for the id of the session, which a service may make of an e-mail address, and
 * a fork would share nothing of its origin's prompt with a provider's cache from there on.
 */
export function sentManifestJson(manifest: Manifest): string {
  const { session_id: _, ...sent } = manifest;
  return escapedJson(sent);
}

/** The manifest between its delimiters, as models are sent it: without the id of the session. */
export function manifestBlock(manifest: Manifest): string {
  return wrapBlock('MANIFEST_JSON', sentManifestJson(manifest));
}

function policiesOf(policy: FaultPolicy, quota: FaultQuota | undefined): Manifest['policies'] {
  const { faultsRemaining = policy.maxFaultsPerTurn } = quota ?? {};
  const { tokensRemaining = policy.maxFaultTokensPerTurn } = quota ?? {};
  const { failuresRemaining = policy.maxFailedFaultsPerTurn } = quota ?? {};
  const numbers = {
    faults_allowed: Math.min(faultsRemaining, tokensRemaining, failuresRemaining) > 0,
    max_faults_per_turn: policy.maxFaultsPerTurn,
    upgrade_budget_tokens: policy.maxFaultTokensPerTurn,
    prefer_levels: [...policy.preferLevels],
  };
  if (quota === undefined) return numbers;
  return {
    ...numbers,
    faults_remaining: Math.max(0, faultsRemaining),
    upgrade_tokens_remaining: Math.max(0, tokensRemaining),
  };
}
