import type { ClaimDraft, ClaimSource } from '../../domain/claim.ts';
import type { ClaimExtractFn } from '../../domain/claim-options.ts';
import type { Clock } from '../../domain/clock.ts';
import { type ExtractedClaim, parseExtractedClaims } from '../../domain/extracted-claims.ts';
import { machineTimer } from '../folding/timer.ts';
import { searchTerms } from '../search/search-terms.ts';
import { callInTime } from '../timed-call.ts';
import { CLAIM_IMPORTANCE, extractByRules, strongest } from './claim-extractor.ts';
import {
  type ClaimSettings,
  claimSettings,
  type ExtractClaimsOptions,
  parseExtractClaimsOptions,
} from './claim-settings.ts';
import { claimText } from './claim-text.ts';

/** Why the claims of a model were not used. */
export interface ClaimFailure {
  readonly reason: 'failed' | 'timed-out' | 'aborted' | 'malformed' | 'ungrounded';
  /** What the function threw, when it did. */
  readonly cause?: unknown;
}

/** The claims of a message, and who found them. */
export interface ClaimExtraction {
  readonly drafts: readonly ClaimDraft[];
  readonly origin: 'model' | 'rules';
  /** Why rules stood in for the model; null when they did not have to. */
  readonly failure: ClaimFailure | null;
}

/** Finds claims with a model where there is one, and by rules where there is none or it fails; never throws for a message. */
export type ExtractClaims = (source: ClaimSource, signal?: AbortSignal) => Promise<ClaimExtraction>;

const DEFAULT_TIMEOUT_MS = 60_000;

/**
 * What finds claims, as options say.
 * @throws INVALID_INPUT naming the option, also one that does not exist.
 */
export function createExtractClaims(options: ExtractClaimsOptions = {}): ExtractClaims {
  const parsed = parseExtractClaimsOptions(options);
  const settings = claimSettings(parsed);
  const { extractFn, timeoutMs = DEFAULT_TIMEOUT_MS, clock = machineTimer } = parsed;
  return async (source, signal) => {
    const isAsked = source.role === 'user' || source.role === 'assistant';
    if (extractFn === undefined || !isAsked) return byRules(source, settings, null);
    const answer = await askModel(source, {
      extractFn,
      settings,
      bounds: { timeoutMs, clock, signal },
    });
    if ('reason' in answer) return byRules(source, settings, answer);
    return { drafts: answer.drafts, origin: 'model', failure: null };
  };
}

interface ModelCall {
  readonly extractFn: ClaimExtractFn;
  readonly settings: ClaimSettings;
  readonly bounds: {
    readonly timeoutMs: number;
    readonly clock: Pick<Clock, 'setTimer'>;
    readonly signal: AbortSignal | undefined;
  };
}

type ModelAnswer = ClaimFailure | { readonly drafts: readonly ClaimDraft[] };

async function askModel(
  source: ClaimSource,
  { extractFn, settings, bounds }: ModelCall,
): Promise<ModelAnswer> {
  const { maxClaims, maxTokens } = settings;
  try {
    const outcome = await callInTime<unknown>(
      async (signal) => extractFn(source, { maxClaims, maxTokens, signal }),
      bounds,
    );
    if (outcome.kind === 'failure') return { reason: outcome.reason };
    const claims = parseExtractedClaims(outcome.answer);
    if (claims === null) return { reason: 'malformed' };
    return groundedDrafts(claims, source, settings);
  } catch (cause) {
    return { reason: 'failed', cause };
  }
}

/** A claim without a single word of the message is made up, and then nothing of the answer can be relied on. */
function groundedDrafts(
  claims: readonly ExtractedClaim[],
  source: ClaimSource,
  settings: ClaimSettings,
): ModelAnswer {
  const said = new Set(searchTerms(source.text));
  const drafts = claims.map((claim) => toDraft(claim, source, settings));
  const isGrounded = drafts.every(({ text }) => searchTerms(text).some((term) => said.has(term)));
  if (!isGrounded) return { reason: 'ungrounded' };
  return { drafts: strongest(drafts, settings.maxClaims) };
}

function toDraft(
  claim: ExtractedClaim,
  source: ClaimSource,
  { maxTokens, countTokens }: ClaimSettings,
): ClaimDraft {
  return {
    kind: claim.kind,
    text: claimText(claim.text, maxTokens, countTokens),
    subject: searchTerms(claim.subject ?? '')
      .toSorted()
      .join(' '),
    value: searchTerms(claim.value ?? claim.text).join(' '),
    replaces: (claim.replaces ?? []).flatMap((text) => [...searchTerms(text)]),
    importance: claim.importance ?? CLAIM_IMPORTANCE[claim.kind],
    provenance: [source.pageId],
    role: source.role,
    createdAtMs: source.createdAtMs,
  };
}

function byRules(
  source: ClaimSource,
  settings: ClaimSettings,
  failure: ClaimFailure | null,
): ClaimExtraction {
  return { drafts: extractByRules(source, settings), origin: 'rules', failure };
}
