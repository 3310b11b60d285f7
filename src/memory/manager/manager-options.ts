import type { Clock } from '../../domain/clock.ts';
import { parseFaultPolicy } from '../../domain/meter-options.ts';
import type { MutationLogOptions } from '../../domain/journal-options.ts';
import { assertMemoryManagerOptions } from '../../domain/memory-manager-options.ts';
import type { Modality } from '../../domain/page.ts';
import {
  DEFAULT_FAULT_POLICY,
  type FaultPolicy,
  type PagingMode,
  type VmMode,
} from '../../domain/paging-policy.ts';
import { parseWorkingSetConfig, type WorkingSetConfig } from '../../domain/working-set-config.ts';
import { createJsKernel } from '../../kernel/js-kernel.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import type { TokenCounter } from '../../tokens/token-counter.ts';
import type { ExtractClaimsOptions } from '../claims/claim-settings.ts';
import { createExtractClaims, type ExtractClaims } from '../claims/extract-claims.ts';
import type { FoundPage } from '../context/vm-tool-result.ts';
import type { EvictionPolicy } from '../eviction/eviction-policy.ts';
import { ImportanceWeightedLRU } from '../eviction/importance-weighted-lru.ts';
import type { FoldCounting } from '../folding/fold-counting.ts';
import { CompressorRegistry } from '../folding/compressor-registry.ts';
import type { DemandPagerOptions } from '../paging/demand-pager.ts';
import type { CountText } from '../search/page-outline.ts';
import type { CoreSettings } from './manager-core.ts';
import type { ManagerSnapshot } from './manager-snapshot.ts';
import type { PageStorage } from './page-storage.ts';

/** Finds pages in place of the built-in search. */
export type SearchPages = (
  query: string,
  options: { readonly modality: Modality | null; readonly limit: number },
) => Promise<readonly FoundPage[]>;

/** How a memory that stands alone is made. All of it is optional. */
export interface MemoryManagerOptions {
  /** Default: a new one. */
  readonly sessionId?: string | undefined;
  readonly config?: WorkingSetConfig | undefined;
  /** What a model may load in one turn; what is not given is as in the defaults. */
  readonly faultPolicy?: Partial<FaultPolicy> | undefined;
  /** How much a model is told of its memory. Default `strict`. */
  readonly mode?: VmMode | undefined;
  /** Which pages leave first. Default: those that are old and matter little. */
  readonly evictionPolicy?: EvictionPolicy | undefined;
  /** Folds pages before they leave; null folds none. Default: the built-in ones. */
  readonly compressors?: CompressorRegistry | null | undefined;
  /** Keeps pages that leave the process. Default: none, and none does. */
  readonly vault?: PageStorage | null | undefined;
  /** What a page costs by its text. Default: the tokens of it. */
  readonly countTokens?: CountText | undefined;
  /** Counts what is sent to a model. Default: exact where the model's vocabulary is known. */
  readonly counter?: TokenCounter | undefined;
  /** Whose tokens are counted. Default `gpt-4o`. */
  readonly model?: string | undefined;
  /** Whether decisions and facts of messages become pages of their own, and how. Default false. */
  readonly claims?: boolean | ExtractClaimsOptions | undefined;
  /** Who loads pages. Default `hybrid`. */
  readonly paging?: PagingMode | undefined;
  /** How much is loaded for a message before a model is called. */
  readonly prePass?: DemandPagerOptions | undefined;
  /** Searches in place of the built-in search. */
  readonly search?: SearchPages | undefined;
  /** What is kept of the history, and where else it goes. */
  readonly journal?: MutationLogOptions | undefined;
  readonly clock?: Pick<Clock, 'nowMs'> | undefined;
  /** Makes the end of an id; has to be different each time. */
  readonly newId?: (() => string) | undefined;
  /** Default: the one in JavaScript. */
  readonly kernel?: Kernel | undefined;
  /** A memory to go on from; its config holds. */
  readonly snapshot?: ManagerSnapshot | undefined;
}

/** What a memory takes from its surroundings where options do not say it. */
export interface MemoryEnvironment {
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly newId: () => string;
  readonly newSessionId: () => string;
  readonly counter: () => TokenCounter;
}

/** {@link MemoryManagerOptions} with every default filled in. */
export interface ManagerSettings {
  readonly sessionId: string;
  readonly mode: VmMode;
  readonly model: string;
  readonly paging: PagingMode;
  readonly prePass: DemandPagerOptions;
  readonly faultPolicy: FaultPolicy;
  readonly counter: TokenCounter;
  /** Null where claims are not looked for. */
  readonly extract: ExtractClaims | null;
  readonly search: SearchPages | null;
  readonly newId: () => string;
  readonly core: CoreSettings;
}

/** What most services count by. */
const DEFAULT_MODEL = 'gpt-4o';

/**
 * Checks options and fills the defaults in.
 * @throws INVALID_INPUT naming the option, also one that does not exist.
 */
export function managerSettings(
  options: MemoryManagerOptions,
  environment: MemoryEnvironment,
): ManagerSettings {
  assertMemoryManagerOptions(options);
  const { snapshot, claims = false, paging = 'hybrid', prePass = {}, search = null } = options;
  const { counter = environment.counter(), model = DEFAULT_MODEL } = options;
  const { newId = environment.newId, mode = snapshot?.mode ?? 'strict' } = options;
  return {
    sessionId: sessionIdOf(options, environment),
    mode,
    model,
    paging,
    prePass,
    faultPolicy: faultPolicyOf(options),
    counter,
    extract: extractOf(claims),
    search,
    newId,
    core: coreSettings(options, { counter, model, clock: environment.clock }),
  };
}

function faultPolicyOf({ faultPolicy = {} }: MemoryManagerOptions): FaultPolicy {
  const given = Object.entries(faultPolicy).filter(([, value]) => value !== undefined);
  return parseFaultPolicy({ ...DEFAULT_FAULT_POLICY, ...Object.fromEntries(given) });
}

function extractOf(claims: boolean | ExtractClaimsOptions): ExtractClaims | null {
  if (claims === false) return null;
  return createExtractClaims(claims === true ? {} : claims);
}

function sessionIdOf(
  { sessionId, snapshot }: MemoryManagerOptions,
  { newSessionId }: MemoryEnvironment,
): string {
  return sessionId ?? snapshot?.sessionId ?? newSessionId();
}

function coreSettings(
  options: MemoryManagerOptions,
  defaults: FoldCounting & { readonly clock: Pick<Clock, 'nowMs'> },
): CoreSettings {
  const { counter, model } = defaults;
  const { compressors, snapshot, vault, clock = defaults.clock, journal = {} } = options;
  return {
    kernel: options.kernel ?? createJsKernel(),
    config: snapshot?.config ?? parseWorkingSetConfig(options.config),
    policy: options.evictionPolicy ?? new ImportanceWeightedLRU(),
    registry: compressors ?? CompressorRegistry.default({ counter, model }),
    isFolding: compressors !== null,
    storage: vault ?? null,
    countTokens: options.countTokens ?? ((text) => counter.countText(text, model)),
    nowMs: () => clock.nowMs(),
    journal,
  };
}
