// Sessions
export type { CloseOptions } from './api/close-options.ts';
export type { ConversationTurn, PromptOptions } from './api/conversation.ts';
export { closeDefaultRuntime, configureStorage } from './api/default-runtime.ts';
export type { StorageSettings } from './api/default-runtime.ts';
export type { ForkOptions } from './api/fork.ts';
export type { ChildrenPolicy } from './api/hierarchy.ts';
export { InfiniteConversationManager } from './api/infinite-conversation-manager.ts';
export type {
  ContextOptions,
  ConversationMessage,
  ConversationSegment,
  HistoryEntry,
  InfiniteConversationOptions,
  LlmCallback,
} from './api/infinite-conversation-manager.ts';
export type { SessionManagerOptions } from './api/manager-options.ts';
export type { MetadataChange } from './api/metadata-change.ts';
export {
  getConversationHistory,
  getSessionStats,
  quickConversation,
  quickConversation as quickStats,
  trackConversation,
  trackInfiniteConversation,
  trackLlmCall,
  trackLlmCall as trackLlmInteraction,
  trackToolUse,
} from './api/one-call.ts';
export type { InfiniteTurn, TrackedCall, TrackedTurn } from './api/one-call.ts';
export { getStorageInfo, isAvailable } from './api/package-info.ts';
export type { Availability, StorageInfo } from './api/package-info.ts';
export type { ListedSession, RecordedUsage, SessionPage } from './api/listed-session.ts';
export type { ErasureReceipt } from './api/erase-scope.ts';
export { openPagefold } from './api/pagefold.ts';
export type { Pagefold, SessionQuery, TenantUsage } from './api/pagefold.ts';
export { buildPromptFromSession, truncatePromptToTokenLimit } from './api/prompts.ts';
export type { SessionPromptOptions } from './api/prompts.ts';
export type { AnswerOptions, FailureOptions, RecordOptions, ToolUse } from './api/record-input.ts';
export type { RecordReceipt } from './api/record-receipt.ts';
export type { EventFilter, SessionEvents } from './api/session-events.ts';
export type { SessionFamily, SessionRelative } from './api/session-family.ts';
export { SessionManager } from './api/session-manager.ts';
export type { SessionOptions } from './api/session-options.ts';
export type { RunOptions, SessionRuns } from './api/session-runs.ts';
export type { GivenLife } from './api/exported-life.ts';
export type { ImportResult, ImportTarget } from './api/session-transfer.ts';
export type { UsageCorrection } from './api/usage-correction.ts';
export type { WaitOptions } from './api/wait.ts';
export type {
  ConsumeOptions,
  Consumer,
  DeadJob,
  Enqueued,
  Job,
  JobHandler,
  JobOutcome,
  JobPriority,
  NewJob,
  Queue,
  QueueFigures,
} from './queue/queue.ts';
export type { ModelUsage, SummaryAnswer } from './queue/summary-answer.ts';
export type { Summarize, SummaryMessage, SummaryOptions } from './queue/summary-worker.ts';

// What sessions are made of
export { DEFAULT_TENANT } from './domain/ids.ts';
export type { SessionKey } from './domain/ids.ts';
export type { JsonObject, JsonValue } from './domain/json.ts';
export type { MutableJson } from './domain/mutable-json.ts';
export {
  clearMetadata,
  getMetadata,
  hasMetadata,
  mergeMetadata,
  removeMetadata,
  setMetadata,
} from './domain/event-metadata.ts';
export type { ForkOrigin } from './domain/log-event.ts';
export type { RecordedEvent } from './domain/recorded-event.ts';
export { RUN_STATUSES, runDurationSeconds, runToJson, runToolCalls } from './domain/run.ts';
export type { RunStatus, SessionRun } from './domain/run.ts';
export type { SegmentSummary, SummaryBrief, SummaryOrigin } from './domain/segment.ts';
export {
  activeRun,
  childEvents,
  eventTree,
  lastUpdateMs,
  tokenUsageByRun,
  tokenUsageBySource,
  totalCostUsd,
  totalTokens,
} from './domain/session.ts';
export type { EventNode, Session, SessionMetadata, SessionSegment } from './domain/session.ts';
export {
  EVENT_SOURCES,
  EVENT_TYPES,
  eventTokens,
  isChildOf,
  isPartOfTask,
  messageContent,
  sessionEventToJson,
} from './domain/session-event.ts';
export type {
  Billing,
  CostOrigin,
  EventSource,
  EventType,
  SessionEvent,
} from './domain/session-event.ts';
export { parseSession, SESSION_SCHEMA_VERSION, sessionToJson } from './domain/session-json.ts';
export type { EventJson, MetadataJson, RunJson, SessionJson } from './domain/session-json.ts';
export type { ModelStats, SessionStats } from './domain/session-stats.ts';
export { PROMPT_STRATEGIES, SUMMARIZATION_STRATEGIES } from './domain/strategy.ts';
export type { PromptStrategy, SummarizationStrategy } from './domain/strategy.ts';

// Tokens and money
export { addToSummary, EMPTY_TOKEN_SUMMARY, summarizeUsage } from './domain/token-summary.ts';
export type { ModelTokenUsage, TokenSummary } from './domain/token-summary.ts';
export {
  addTokenUsage,
  createTokenUsage,
  tokenUsageFromText,
  updateTokenUsage,
} from './domain/token-usage.ts';
export type {
  CountTokens,
  TokenUsage,
  TokenUsageInput,
  TokenUsageText,
} from './domain/token-usage.ts';
export type { UsageBuckets, UsageOrigin } from './domain/usage.ts';
export type { UsageByRun, UsageBySource } from './domain/usage-breakdown.ts';
export type { UsageUnit } from './domain/usage-unit.ts';
export type {
  KnownPrice,
  NoPrice,
  PriceBook,
  PricedUsage,
  PriceUsageParams,
  UnpricedReason,
  UsagePricing,
} from './domain/price-book.ts';
export { toUsdString } from './domain/money.ts';
export type { PicoUsd } from './domain/money.ts';
export { createPriceBook } from './pricing/genai-price-book.ts';
export type { PriceBookOptions } from './pricing/genai-price-book.ts';
export type { PriceOverride, PriceOverrides, UsdAmount } from './pricing/price-override.ts';
export { parseProviderUsage } from './pricing/provider-usage.ts';
export type { ProviderUsageOptions } from './pricing/provider-usage.ts';
export { usageFromCounts } from './pricing/stated-usage.ts';
export type { UsageCounts } from './pricing/stated-usage.ts';
export type { EncodingName, TokenRules } from './kernel/token-rules.ts';
export type { ModelEncodings } from './tokens/encoding.ts';
export { countMessageTokens } from './tokens/message-tokens.ts';
export type { MessageTokensOptions } from './tokens/message-tokens.ts';
export { createTokenCounter } from './runtime/token-counter.ts';
export type {
  TokenCount,
  TokenCounter,
  TokenCounterOptions,
  TokenEngine,
} from './tokens/token-counter.ts';

// Prompts
export type {
  AssistantMessage,
  ChatMessage,
  ChatToolCall,
  ToolMessage,
} from './memory/chat-message.ts';
export type { ChatContent, ContentPart } from './domain/message-content.ts';
export type {
  AudioPart,
  FilePart,
  ImagePart,
  PromptMessage,
  PromptToolCall,
  RefusalPart,
  TextPart,
} from './memory/prompt-message.ts';
export type { PromptCounting } from './memory/message-tokens.ts';
export type { PromptBuilderOptions, PromptWarning } from './memory/prompt-builder.ts';
export type { PromptEvent, PromptSource } from './memory/prompt-view.ts';
export {
  acceptSummary,
  mergeRequests,
  summaryInstruction,
  summaryRequests,
} from './memory/summary-request.ts';
export type {
  SummaryRefusal,
  SummaryRequest,
  SummaryRequestOptions,
  SummaryVerdict,
} from './memory/summary-request.ts';

// Folding
export type { Clock, Timer } from './domain/clock.ts';
export type { FoldablePage, PageScene, ParsedFoldablePage } from './domain/foldable-page.ts';
export type { FoldingOptions, SummarizeFn } from './domain/folding-options.ts';
export type { FoldRequest } from './domain/fold-request.ts';
export type {
  CompressionResult,
  FoldedPage,
  KeptPage,
} from './memory/folding/compression-result.ts';
export type { Compression, Compressor, CompressRequest } from './memory/folding/compressor.ts';
export { CompressorRegistry } from './memory/folding/compressor-registry.ts';
export type { FoldCounting } from './memory/folding/fold-counting.ts';
export { foldText } from './memory/folding/fold-text.ts';
export type { FoldedText, FoldTextOptions } from './memory/folding/fold-text.ts';
export type { FoldLevel } from './memory/folding/level-limits.ts';
export { createMediaCompressor } from './memory/folding/media-compressor.ts';
export type { MediaModality } from './memory/folding/media-compressor.ts';
export { createPassthroughCompressor } from './memory/folding/passthrough-compressor.ts';
export { createStructuredCompressor } from './memory/folding/structured-compressor.ts';
export type { SummaryFailure } from './memory/folding/summarize-text.ts';
export { createTextCompressor } from './memory/folding/text-compressor.ts';

// Finding what was said
export { MODALITIES, PAGE_LEVELS, PAGE_ROLES, PAGE_TYPES, STORAGE_TIERS } from './domain/page.ts';
export type { Modality, PageLevel, PageRole, PageType, StorageTier } from './domain/page.ts';
export { DemandPager } from './memory/paging/demand-pager.ts';
export type {
  DemandPagerOptions,
  PagingCandidate,
  PagingPlan,
  PagingRequest,
} from './memory/paging/demand-pager.ts';
export { PAGING_KINDS, PagingMeter } from './memory/paging/paging-meter.ts';
export type { PagingFigures, PagingKind } from './memory/paging/paging-meter.ts';
export { Prefetcher } from './memory/paging/prefetcher.ts';
export type {
  PrefetcherOptions,
  PrefetcherStats,
  PrefetchToolCall,
} from './memory/paging/prefetcher.ts';
export { createRecallDetector, ENGLISH_RECALL_PHRASES } from './memory/paging/recall-signal.ts';
export type { RecallDetector } from './memory/paging/recall-signal.ts';
export { HybridSearch } from './memory/search/hybrid-search.ts';
export type {
  EmbedResult,
  EmbedTexts,
  HybridResult,
  HybridSearchOptions,
} from './memory/search/hybrid-search.ts';
export type {
  CountText,
  OutlineStep,
  OutlineUnit,
  PageOutline,
} from './memory/search/page-outline.ts';
export type { SearchHit } from './memory/search/page-scoring.ts';
export { readEnglishCues } from './memory/search/question-cues.ts';
export type { CueReader, QuestionCues } from './memory/search/question-cues.ts';
export type { OutlineText } from './memory/search/outline-memo.ts';
export type { WeighedPage } from './memory/search/likely-pages.ts';
export { RecallPacker } from './memory/search/recall-packer.ts';
export type {
  FoldPage,
  PackablePage,
  PackCandidate,
  PackedPage,
  PackRequest,
  RecallPackerOptions,
} from './memory/search/recall-packer.ts';
export { rankForRecall } from './memory/search/recall-ranker.ts';
export type { RankedPage, RecallOptions } from './memory/search/recall-ranker.ts';
export { SearchIndex } from './memory/search/search-index.ts';
export type {
  SearchIndexOptions,
  SearchIndexStats,
  SearchOptions,
} from './memory/search/search-index.ts';
export type { IndexedPage, SearchFilter, SearchPage } from './memory/search/search-page.ts';
export { searchTerms } from './memory/search/search-terms.ts';

// What a model is shown of a session
export type { MemoryOptions } from './domain/memory-options.ts';
export type { PageFaultArguments, SearchPagesArguments } from './domain/vm-tool-arguments.ts';
export { PAGING_MODES, VM_MODES } from './domain/paging-policy.ts';
export type { PagingMode, VmMode } from './domain/paging-policy.ts';
export type { MemoryPageView, SessionMemoryStats } from './api/memory-view.ts';
// The conversations without end have another type of this name.
export type {
  ContextOptions as MemoryContextOptions,
  MemoryFaultOptions,
  SessionMemory,
} from './api/session-memory.ts';
export type { MemorySearchOptions } from './api/memory-search.ts';
export type {
  CompactionCause,
  MemoryChange,
  PlacedPage,
  PlaceForm,
} from './domain/memory-change.ts';
export type {
  ContextPageView,
  MemoryDiff,
  RebuiltContext,
  RecordedMemoryChange,
  SessionMemoryHistory,
} from './api/memory-history.ts';
export type { SessionContext, SessionContextReceipt } from './api/session-context.ts';
export type { MemoryNote } from './api/memory-notes.ts';
export type { ToolMemoryContext, ToolMemoryReport } from './api/tool-memory.ts';
export { COMPACTION_CAUSES, PLACE_FORMS } from './domain/memory-change.ts';
export type {
  ContextLineOptions,
  ContextPackerOptions,
  ContextRenderLimits,
  ManifestLimits,
} from './domain/context-options.ts';
export { toAiSdkPrompt } from './memory/context/formats/ai-sdk.ts';
export type {
  AiSdkAnswerPart,
  AiSdkMessage,
  AiSdkOptions,
  AiSdkPrompt,
  AiSdkToolResult,
  AiSdkUserPart,
} from './memory/context/formats/ai-sdk.ts';
export { toAnthropicPrompt } from './memory/context/formats/anthropic.ts';
export type {
  AnthropicBlock,
  AnthropicImageType,
  AnthropicMessage,
  AnthropicOptions,
  AnthropicPrompt,
  AnthropicSource,
  AnthropicText,
  CacheMark,
} from './memory/context/formats/anthropic.ts';
export { toResponsesInput } from './memory/context/formats/responses.ts';
export type { ResponsesItem, ResponsesPart } from './memory/context/formats/responses.ts';
export { ContextPackCache } from './memory/context/context-pack-cache.ts';
export type { PackCacheKey, PackCacheStats } from './memory/context/context-pack-cache.ts';
export { ContextPacker } from './memory/context/context-packer.ts';
export type { ContextCandidate, PackedContext, PageForm } from './memory/context/context-packer.ts';
export type {
  AvailablePage,
  ContextEntry,
  ContextPlan,
  ContextStretch,
} from './memory/context/context-plan.ts';
export { verifyReceipt } from './memory/context/context-receipt.ts';
export type {
  ContextReceipt,
  ReceiptCheck,
  ReceiptEntry,
  SentContext,
} from './memory/context/context-receipt.ts';
export { buildManifest, manifestBlock, manifestJson } from './memory/context/manifest.ts';
export type { Manifest, ManifestSource, ManifestWorkingPage } from './memory/context/manifest.ts';
export type { LeveledPage, PageContentWire } from './memory/context/page-wire.ts';
export { renderContext } from './memory/context/render-context.ts';
export type { RenderedContext, RenderOptions } from './memory/context/render-context.ts';
export { RenderMemo } from './memory/context/render-stretch.ts';
export type {
  RenderedLine,
  RenderedStretch,
  StretchEntries,
} from './memory/context/render-stretch.ts';
export type { ManifestSettings, RenderedManifest } from './memory/context/manifest-memo.ts';
export type { StretchSettings } from './memory/context/stretch-settings.ts';
export { vmRules } from './memory/context/vm-rules.ts';
export { parseVmToolCall } from './memory/context/vm-tool-call.ts';
export type { ProviderToolCall, VmToolCall, VmToolRequest } from './memory/context/vm-tool-call.ts';
export { VM_TOOL_ERROR_CODES } from './memory/context/vm-tool-error.ts';
export type { VmToolError, VmToolErrorCode } from './memory/context/vm-tool-error.ts';
export {
  buildSearchResult,
  buildToolResult,
  toolResultText,
} from './memory/context/vm-tool-result.ts';
export type {
  AlreadyMappedResult,
  FaultEffectsWire,
  FaultOutcome,
  FoundPage,
  PageFaultResult,
  SearchPagesResult,
  VmToolResult,
} from './memory/context/vm-tool-result.ts';
export {
  toAnthropicTools,
  toResponsesTools,
  VM_TOOL_NAMES,
  vmTools,
} from './memory/context/vm-tools.ts';
export type {
  AnthropicTool,
  ChatTool,
  ResponsesTool,
  VmToolName,
  VmToolParameter,
  VmToolParameters,
  VmToolsOptions,
} from './memory/context/vm-tools.ts';

// Which pages leave
export type {
  AntiThrashOptions,
  ImportanceWeightedOptions,
  ModalityAwareOptions,
  SessionAwareOptions,
} from './domain/eviction-options.ts';
export type { EvictionWeights } from './kernel/working-set/eviction-policy.ts';
export { AntiThrash } from './memory/eviction/anti-thrash.ts';
export type { ThrashWindows } from './memory/eviction/anti-thrash.ts';
export type {
  EvictionCandidate,
  EvictionContext,
  EvictionPage,
  EvictionPolicy,
  ThrashHistory,
} from './memory/eviction/eviction-policy.ts';
export {
  ImportanceWeightedLRU,
  WITHOUT_PAGE_IMPORTANCE,
} from './memory/eviction/importance-weighted-lru.ts';
export { LRUEvictionPolicy } from './memory/eviction/lru-eviction-policy.ts';
export { ModalityAwareLRU } from './memory/eviction/modality-aware-lru.ts';
export { SessionAwareCache } from './memory/eviction/session-aware.ts';
export type { ChainPage, TouchOutcome } from './memory/eviction/session-aware.ts';

// Big content
export type { ArchivedContent } from './domain/archived-content.ts';
export type { ArchiveGarbage } from './runtime/content-archive.ts';
export type { CollectArtifactsOptions, CollectedArtifacts } from './api/gone-content.ts';
export type { CollectOptions, SessionArchive } from './api/session-archive.ts';
export { ARTIFACT_TIERS } from './artifacts/artifact-store.ts';
export type {
  Artifact,
  ArtifactInfo,
  ArtifactRef,
  ArtifactStats,
  ArtifactStore,
  ArtifactTier,
  ListedArtifact,
  PutArtifactParams,
  PutArtifactResult,
  TierStats,
} from './artifacts/artifact-store.ts';
export type {
  CheckpointEntry,
  CheckpointInfo,
  CheckpointManifest,
  CheckpointParams,
  StoredPage,
} from './artifacts/checkpoint.ts';
export type { MemoryArtifactLimits } from './artifacts/memory-artifact-store.ts';
export { PageVault } from './artifacts/page-vault.ts';
export type {
  LoadedCheckpoint,
  LostPage,
  PageInfo,
  PageVaultParams,
} from './artifacts/page-vault.ts';
export type { GarbageParams, GarbageReport } from './artifacts/vault-garbage.ts';
export type { VaultStats } from './artifacts/vault-listing.ts';
export type { VaultPage } from './artifacts/vault-page.ts';
export { createFileArtifactStore, createMemoryArtifactStore } from './runtime/artifact-stores.ts';
export type { FileArtifactStoreOptions } from './runtime/artifact-stores.ts';

// What a memory remembers, and what happened to it
export type { MutationLogOptions } from './domain/journal-options.ts';
export type { MemoryPage } from './domain/memory-page.ts';
export { MUTATION_ACTORS, MUTATION_TYPES } from './domain/page-mutation.ts';
export type {
  MutationActor,
  MutationType,
  PageMutation,
  PageRepresentation,
} from './domain/page-mutation.ts';
export { diffContexts } from './memory/journal/context-diff.ts';
export type { ContextDiff, LevelChange } from './memory/journal/context-diff.ts';
export { replayContext } from './memory/journal/context-replay.ts';
export type { ReplayedEntry, ReplayMoment } from './memory/journal/context-replay.ts';
export { EMPTY_MEMORY, foldMutations } from './memory/journal/memory-fold.ts';
export type { MemoryFold, PageState } from './memory/journal/memory-fold.ts';
export { MutationLog } from './memory/journal/mutation-log.ts';
export type { MutationLogSummary } from './memory/journal/mutation-log.ts';

// Claims: decisions and facts that were said
export { CLAIM_KINDS, CLAIM_STATUSES } from './domain/claim.ts';
export type { Claim, ClaimDraft, ClaimKind, ClaimSource, ClaimStatus } from './domain/claim.ts';
export type { ClaimBookOptions } from './domain/claim-book-state.ts';
export type { ClaimExtractFn, ClaimOptions, ClaimRuleOptions } from './domain/claim-options.ts';
export { PLAN_STATUSES } from './domain/plan.ts';
export type { Plan, PlanStatus } from './domain/plan.ts';
export { ClaimBook } from './memory/claims/claim-book.ts';
export type { ClaimChange, ClaimPlace } from './memory/claims/claim-book.ts';
export { createClaimExtractor } from './memory/claims/claim-extractor.ts';
export type { ClaimExtractor } from './memory/claims/claim-extractor.ts';
export { claimPage } from './memory/claims/claim-page.ts';
export { ENGLISH_CLAIM_PHRASES } from './memory/claims/claim-phrases.ts';
export type { ClaimPhrases } from './memory/claims/claim-phrases.ts';
export type {
  ClaimExtractorOptions,
  ExtractClaimsOptions,
} from './memory/claims/claim-settings.ts';
export { createExtractClaims } from './memory/claims/extract-claims.ts';
export type {
  ClaimExtraction,
  ClaimFailure,
  ExtractClaims,
} from './memory/claims/extract-claims.ts';
export {
  abandonPlan,
  completePlan,
  createPlan,
  isPlanPinned,
  planOf,
  planPage,
  updatePlan,
} from './memory/claims/plan-page.ts';
export type { NewPlan, PlanChange } from './memory/claims/plan-page.ts';

// Measuring a memory, and holding it to limits
export type { AdaptiveOptions, PressureOptions, PressureSteps } from './domain/meter-options.ts';
export { DEFAULT_FAULT_POLICY, FAULT_CONFIDENCES, FAULT_REASONS } from './domain/paging-policy.ts';
export type {
  FaultConfidence,
  FaultPolicy,
  FaultQuota,
  FaultReason,
} from './domain/paging-policy.ts';
export { AdaptiveThresholds } from './memory/meters/adaptive-thresholds.ts';
export type { EvictionThresholds } from './memory/meters/adaptive-thresholds.ts';
export { contextAllowance } from './memory/meters/context-allowance.ts';
export type { ContextLimits } from './memory/meters/context-allowance.ts';
export { ExperienceMeter } from './memory/meters/experience-meter.ts';
export type {
  FaultRecord,
  RecallAttempt,
  ThrashOptions,
  TurnContext,
} from './memory/meters/experience-meter.ts';
export { faultCost, refetchWeight, TIER_COSTS } from './memory/meters/fault-cost.ts';
export type { FaultCost, TierCost } from './memory/meters/fault-cost.ts';
export { FaultMeter } from './memory/meters/fault-meter.ts';
export type { FaultRefusal } from './memory/meters/fault-refusal.ts';
export type { FaultChoice, FaultRequest, FaultReservation } from './memory/meters/fault-meter.ts';
export { REASON_RANGES } from './memory/meters/fault-reasons.ts';
export type { ReasonRange, ReasonShare } from './memory/meters/fault-reasons.ts';
export { MemoryMeter } from './memory/meters/memory-meter.ts';
export type { MemoryFigures, MutationFacts } from './memory/meters/memory-meter.ts';
export { PRESSURE_LEVELS, PressureMonitor } from './memory/meters/pressure-monitor.ts';
export type {
  PressureChange,
  PressureLevel,
  PressureListener,
  PressureMeasures,
  PressureReading,
} from './memory/meters/pressure-monitor.ts';

// A memory that stands alone
export { MemoryManager } from './runtime/memory-manager.ts';
export type { FaultOptions } from './memory/manager/memory-manager.ts';
export type { MemoryManagerOptions, SearchPages } from './memory/manager/manager-options.ts';
export type { ManagerSnapshot, SnapshotPage } from './memory/manager/manager-snapshot.ts';
export type {
  MemoryManagerStats,
  FaultStats,
  WorkingSetStats,
} from './memory/manager/manager-stats.ts';
export type { HealthFinding, HealthReport } from './memory/manager/manager-health.ts';
export type { RestoredCheckpoint } from './memory/manager/manager-checkpoint.ts';
export type { VmContext } from './memory/manager/manager-context.ts';
export type { MessagePageOptions } from './memory/manager/message-page.ts';
export type { AddOutcome } from './memory/manager/page-admission.ts';
export type { EvictOutcome } from './memory/manager/page-eviction.ts';
export type { PageSearchOptions, PageSearchResult } from './memory/manager/page-search.ts';
export type { PageStorage, StoredMemoryPage, StoredTier } from './memory/manager/page-storage.ts';
export type { RoomChange } from './memory/manager/room-maker.ts';
export type { TurnStart } from './memory/manager/turn-keeper.ts';
export type { PageOptions } from './domain/page-options.ts';
export type { VmContextOptions } from './domain/vm-context-options.ts';
export type { ParsedWorkingSetConfig, WorkingSetConfig } from './domain/working-set-config.ts';
export type { MemoryManager as StandaloneMemory } from './memory/manager/memory-manager.ts';
export type { MemoryEnvironment } from './memory/manager/manager-options.ts';
export type { RecentTurn } from './memory/manager/recent-turns.ts';
export type { WorkingSetSnapshot } from './kernel/working-set/working-set-snapshot.ts';
export type { PageCard, PageEntry, PageTableStats } from './memory/table/page-entry.ts';
export type { TlbStats } from './memory/table/page-tlb.ts';

export type { LowerTier, PageFlag, PinFlag, Tier } from './kernel/working-set/page-kinds.ts';
export type { LevelTokens, NewPage, PageFacts } from './kernel/working-set/page-facts.ts';
export type { PagePin } from './memory/table/page-entry.ts';

// Set-up
export type { HostStats, WorkerStats } from './actors/envelope.ts';
export { TURN_CALLS_BOUNDS, TURN_TIME_BOUNDS_MS } from './actors/figure-buckets.ts';
export type { ActorLimits } from './actors/limits.ts';
export type { BackgroundLimits } from './runtime/background-limits.ts';
export type { MemoryLimits } from './runtime/memory-limits.ts';
export { DEFAULT_TOKEN_MODEL, defaultTokenModel } from './config/environment.ts';
export { getVersion } from './config/version.ts';
export { createEncryptedStore } from './runtime/encrypted-store.ts';
export {
  createKeyRing,
  type KeyProvider,
  type KeyRingOptions,
  type TenantKey,
} from './store/encryption/key-provider.ts';
export { createMemoryStore } from './runtime/memory-store.ts';
export {
  createQuotas,
  type QuotaOptions,
  type QuotaReservation,
  type Quotas,
  type TenantAmount,
  type TenantQuotaUsage,
} from './runtime/quotas.ts';
export type { MemoryStoreOptions } from './runtime/memory-store.ts';
export type { QueueChoice, QueueOptions } from './runtime/queue-options.ts';
export { createRedisQueue } from './runtime/redis-queue.ts';
export type { RedisQueueOptions } from './runtime/redis-queue.ts';
export { createAnthropicSummarizer, createOpenAiSummarizer } from './runtime/summarizers.ts';
export type { HttpSummarizerOptions } from './runtime/summarizers.ts';
export { createRedisStore } from './runtime/redis-store.ts';
export type {
  AwaitedDurability,
  RedisStoreDescription,
  RedisStoreOptions,
  RedisTls,
} from './runtime/redis-store.ts';
// The limits of guards have this name of their own.
export type { RuntimeLimits as ProcessLimits, RuntimeOptions } from './runtime/options.ts';
export type { RuntimeWarning } from './runtime/warnings.ts';
export type * from './store/store.ts';

// Errors
export { ERROR_CODES } from './domain/error-codes.ts';
export type { ErrorCode, ErrorCodeInfo } from './domain/error-codes.ts';
export { ModelCallError } from './domain/model-call-error.ts';
export type { AnswerFlaw } from './domain/model-call-error.ts';
export {
  InvalidInput,
  InvalidSessionOperation,
  Overloaded,
  PagefoldError,
  SessionAlreadyExists,
  SessionManagerError,
  SessionNotFound,
  StorageError,
  TokenLimitExceeded,
  ToolCallBlocked,
  ToolProcessingError,
} from './domain/errors.ts';
export type { ErrorOptions } from './domain/errors.ts';

// Tools: guards, named values, results to reuse
export { argumentsHash, canonicalJson } from './domain/canonical-json.ts';
export type { ArgumentSchema, ParsingSchema, SchemaIssue } from './domain/argument-schema.ts';
export { getToolState, resetToolState, ToolStateManager } from './runtime/tool-state.ts';
export type { FinishedCall } from './guards/finished-call.ts';
export type {
  ToolStateEnvironment,
  ToolStateManager as StandaloneToolState,
} from './guards/tool-state-manager.ts';
export type { VariableSource } from './guards/tool-state-change.ts';
export type { ToolStateOptions } from './guards/tool-state-options.ts';
export { SessionTools } from './api/session-tools.ts';
export type { RecordedToolCall } from './api/session-tools.ts';
export type { ToolCallEnd } from './api/tool-call-end.ts';

// Tools: carrying calls out
export { SessionAwareToolProcessor } from './api/session-aware-tool-processor.ts';
export type { ProcessOptions } from './api/asked-message.ts';
export type { ShownValue, ToolArtifacts } from './api/long-value.ts';
export type { ParsedProcessorOptions, ToolProcessorOptions } from './api/tool-processor-options.ts';
export { SessionProcedures } from './api/session-procedures.ts';
export { skillsOf, suggestionFor } from './procedures/skill.ts';
export type { SuggestionRequest, ToolSkill } from './procedures/skill.ts';
export { ToolRunner } from './runtime/tool-runner.ts';
export type {
  FailedAttempt,
  RunRequest,
  ToolRun,
  ToolRunner as StandaloneToolRunner,
  ToolRunnerEnvironment,
  ToolRunnerOptions,
} from './tools/tool-runner.ts';
export type {
  BreakerOptions,
  ToolContext,
  ToolDefaults,
  ToolDefinition,
  ToolExecutor,
  ToolSet,
} from './tools/tool-definition.ts';
export type { RetryOptions } from './tools/retry-policy.ts';
export type { BreakerState } from './tools/tool-policies.ts';
export type { ToolFailure } from './tools/tool-failure.ts';
export { mcpTools } from './tools/mcp-tools.ts';
export type { McpAnnotations, McpClient, McpToolInfo, McpToolsOptions } from './tools/mcp-tools.ts';
export { readToolCalls } from './tools/asked-tool-call.ts';
export type { AskedToolCall } from './tools/asked-tool-call.ts';
export { resultText, TOOL_RESULT_STATUSES } from './tools/tool-result.ts';
export type { StoredValue, ToolResult, ToolResultStatus } from './tools/tool-result.ts';
export { TOOL_MESSAGE_FORMATS, toToolMessages } from './tools/tool-messages.ts';
export type {
  AiSdkToolAnswer,
  AiSdkToolMessage,
  AiSdkToolOutput,
  AnthropicToolMessage,
  AnthropicToolResult,
  AnyToolMessage,
  ChatToolMessage,
  ResponsesToolOutput,
  ToolMessageFormat,
} from './tools/tool-messages.ts';
export type { CallFigures } from './tools/call-figures.ts';

export type { CallFinished, ToolStateEvent } from './guards/tool-state-event.ts';
export type { ToolStateSnapshot } from './guards/tool-state.ts';
export type { ToolStateTexts } from './guards/tool-state-texts.ts';
export { BindingManager } from './guards/binding-manager.ts';
export type { BindingLimits, BindingState, BindRequest } from './guards/binding-manager.ts';
export type { ResolvedArguments } from './guards/reference.ts';
export type { ReferenceCheckResult } from './guards/reference-check.ts';
export { classifyValueType, formatBinding, VALUE_TYPES } from './guards/value-binding.ts';
export type { ValueBinding, ValueType } from './guards/value-binding.ts';
export { cachedNumber, callSignature, ResultCache } from './guards/result-cache.ts';
export type {
  CachedToolResult,
  CacheState,
  CacheStats,
  NamedVariable,
  PutRequest,
  ResultCacheOptions,
} from './guards/result-cache.ts';
export { formatCachedResult } from './guards/cache-format.ts';
export { formatNumber } from './guards/number-format.ts';
export {
  GUARD_VERDICTS,
  guardMessage,
  guardResult,
  isAllowed,
  isBlocked,
} from './guards/guard-result.ts';
export type { Guard, GuardResult, GuardVerdict } from './guards/guard-result.ts';
export { GUARD_NAMES } from './guards/guard-report.ts';
export type { GuardFinding, GuardReport } from './guards/guard-report.ts';
export { BudgetGuard } from './guards/budget-guard.ts';
export type {
  BudgetBranch,
  BudgetCounts,
  BudgetLimits,
  BudgetStatus,
} from './guards/budget-guard.ts';
export { PerToolGuard } from './guards/per-tool-guard.ts';
export type { PerToolCallStatus, PerToolOptions } from './guards/per-tool-guard.ts';
export { RUNAWAY_PATTERNS, RunawayGuard } from './guards/runaway-guard.ts';
export type {
  EndedCall,
  RunawayOptions,
  RunawayPattern,
  RunawayState,
} from './guards/runaway-guard.ts';
export { runawayMessage } from './guards/runaway-status.ts';
export type { RunawayStatus } from './guards/runaway-status.ts';
export { SchemaGuard } from './guards/schema-guard.ts';
export type { UngroundedCallResult } from './guards/ungrounded-guard.ts';
export { CACHE_SCOPES, ENFORCEMENT_LEVELS, UNUSED_RESULT_ACTIONS } from './guards/limit-levels.ts';
export type { CacheScope, EnforcementLevel, UnusedResultAction } from './guards/limit-levels.ts';
export { DEFAULT_LIMITS, MODE_LIMITS, RUNTIME_MODES } from './guards/runtime-limits.ts';
export type { RuntimeLimits, RuntimeMode } from './guards/runtime-limits.ts';
export {
  canRepair,
  createSoftBlock,
  nextRepairAction,
  REPAIR_ACTIONS,
  SOFT_BLOCK_REASONS,
} from './guards/soft-block.ts';
export type {
  RepairAction,
  RepairOutcome,
  SoftBlock,
  SoftBlockReason,
} from './guards/soft-block.ts';
export {
  createToolClassifier,
  isDiscoveryTool,
  isMathTool,
  isParameterisedTool,
  TOOL_EFFECTS,
} from './guards/tool-traits.ts';
export type {
  ToolClassifier,
  ToolClassifierOptions,
  ToolEffect,
  ToolNameRule,
  ToolTraits,
} from './guards/tool-traits.ts';

// What was learnt from tool calls
export { ToolMemoryManager } from './runtime/tool-memory.ts';
export { ProceduralContextFormatter } from './runtime/procedural-context-formatter.ts';
export type { RecordedCall } from './procedures/recorded-call.ts';
export type {
  ToolMemoryEnvironment,
  ToolMemoryManager as StandaloneToolMemory,
  ToolMemoryStats,
} from './procedures/tool-memory-manager.ts';
export type { ToolMemoryOptions } from './procedures/tool-memory-options.ts';
export type { ToolMemoryContent, ToolMemoryState } from './procedures/memory-codec.ts';
export type {
  CountTextTokens,
  ProceduralContextFormatter as StandaloneProceduralFormatter,
  ProceduralFormatOptions,
} from './procedures/procedural-context-formatter.ts';
export { argumentDelta, compactDelta, describeDelta } from './procedures/argument-delta.ts';
export type { ArgumentDelta } from './procedures/argument-delta.ts';
export type { CallFilter } from './procedures/call-filter.ts';
export { classifyError, ERROR_CLASSES, isTransient } from './procedures/error-class.ts';
export type { ErrorClass } from './procedures/error-class.ts';
export type { ToolFixRelation } from './procedures/tool-fix-relation.ts';
export { entryLine, entryLines, hasFailed, isFix, wasFixed } from './procedures/tool-log-entry.ts';
export type { ToolLogEntry } from './procedures/tool-log-entry.ts';
export { TOOL_OUTCOMES } from './procedures/tool-outcome.ts';
export type { ToolOutcomeKind } from './procedures/tool-outcome.ts';
export { averageMs, successRate } from './procedures/tool-pattern.ts';
export type {
  CommonValue,
  ErrorPattern,
  SuccessPattern,
  ToolPattern,
} from './procedures/tool-pattern.ts';
