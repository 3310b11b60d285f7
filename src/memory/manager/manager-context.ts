import { TokenLimitExceeded } from '../../domain/errors.ts';
import { MESSAGE_OVERHEAD_TOKENS, REPLY_PRIMER_TOKENS } from '../../domain/segment.ts';
import type { PageLevel } from '../../domain/page.ts';
import type { VmContextOptions } from '../../domain/vm-context-options.ts';
import type { FaultPolicy, FaultQuota, PagingMode, VmMode } from '../../domain/paging-policy.ts';
import type { TokenCounter } from '../../tokens/token-counter.ts';
import type { ChatMessage } from '../chat-message.ts';
import { toPromptMessages } from '../prompt-message.ts';
import { ContextPackCache } from '../context/context-pack-cache.ts';
import {
  type ContextCandidate,
  ContextPacker,
  type PackedContext,
} from '../context/context-packer.ts';
import type { AvailablePage } from '../context/context-plan.ts';
import { type ContextReceipt, copyOfReceipt } from '../context/context-receipt.ts';
import { developerMessage } from '../context/developer-message.ts';
import { fitManifest, type FittedManifest } from '../context/fit-manifest.ts';
import { DEFAULT_MANIFEST_ENTRIES, type Manifest, sentManifestJson } from '../context/manifest.ts';
import { manifestAllowance } from '../context/render-context.ts';
import type { ChatTool } from '../context/vm-tools.ts';
import type { DemandPager } from '../paging/demand-pager.ts';
import { TYPE_BONUS } from '../table/page-entry.ts';
import { type BuildRequest, buildContext, type BuiltContext } from './context-builder.ts';
import { DEFAULT_COMPOSER_SETTINGS } from './composer-settings.ts';
import { ContextComposer } from './context-composer.ts';
import { ContextMemo } from './context-memo.ts';
import { contextAfter } from './context-preview.ts';
import { namingLeastLimit } from './least-limit.ts';
import type { ManagerCore } from './manager-core.ts';
import { TightComposer } from './tight-composer.ts';

/** A context, in the two forms that interfaces take: messages, or one text for the developer's role. */
export interface VmContext {
  readonly messages: readonly ChatMessage[];
  /** The tools by which the model reads its memory; empty in passive mode, and when all of it is in view. */
  readonly tools: readonly ChatTool[];
  /** Of messages and tools, never more than the limit. */
  readonly tokens: number;
  readonly receipt: ContextReceipt;
  /** Instructions, manifest and pages in one text, of which with the tools the same limit holds. */
  readonly developerMessage: string;
  /** Of developer message and tools. */
  readonly developerTokens: number;
  /** Null in passive mode, when all is in view, and when there is no room for it. */
  readonly manifest: Manifest | null;
  /** The pages of the developer message. */
  readonly packedContext: PackedContext;
}

/** What a context is built with besides its options. */
export interface ContextParts {
  readonly core: ManagerCore;
  readonly counter: TokenCounter;
  readonly pager: DemandPager;
  readonly paging: PagingMode;
  readonly policy: FaultPolicy;
  readonly quota: () => FaultQuota;
}

/** What holds for every context of a memory. */
export interface ContextDefaults {
  readonly sessionId: string;
  readonly mode: VmMode;
  readonly model: string;
}

/** Times a context is built while other calls go on changing the memory. */
const MAX_ATTEMPTS = 32;

/** A page that is whole below this gains nothing from a deeper level. */
const MIN_LEVELLED_TOKENS = 58;

/**
 * Builds contexts. Pages neither leave nor join the context by that: what is too much is shown folded or left out, and what a question
 * is about is shown besides.
 */
export class ManagerContext {
  readonly cache: ContextPackCache<VmContext> = new ContextPackCache();
  readonly #parts: ContextParts;
  readonly #composer: ContextComposer;
  readonly #tight: TightComposer;
  readonly #memo = new ContextMemo();

  constructor(parts: ContextParts) {
    this.#parts = parts;
    const { state, settings } = parts.core;
    const { paging } = parts;
    const keptTurns = settings.config.autoPinLastNTurns;
    const own = { paging, keptTurns, targetUtilization: 1 };
    this.#composer = new ContextComposer(
      state,
      { ...DEFAULT_COMPOSER_SETTINGS, ...own },
      parts.pager,
    );
    this.#tight = new TightComposer(state);
  }

  /**
   * The context of at most `maxTokens`, everything included.
   * @throws TOKEN_LIMIT_EXCEEDED when the instructions alone do not fit.
   */
  async build(defaults: ContextDefaults, options: VmContextOptions): Promise<VmContext> {
    const { core, quota } = this.#parts;
    const { settings } = core;
    const request: BuildRequest = {
      sessionId: defaults.sessionId,
      position: core.journal.sequence,
      model: options.model ?? defaults.model,
      // Where the service alone loads pages, a model is told nothing of them.
      mode: this.#parts.paging === 'runtime' ? 'passive' : (options.mode ?? defaults.mode),
      systemPrompt: options.systemPrompt ?? null,
      maxTokens: options.maxTokens ?? settings.config.maxL0Tokens,
      policy: this.#parts.policy,
      quota: quota(),
      question: options.question,
      nowMs: settings.nowMs(),
      counter: this.#parts.counter,
      memo: this.#memo,
    };
    const known = this.cache.get(this.#keyOf(request));
    if (known !== null) return known;
    const built = await this.#builtAtOnce(request);
    const context = this.#toContext(built, request);
    this.cache.put(this.#keyOf(request), context);
    return context;
  }

  /** What other calls change while contents are loaded makes a context of two states, so it is built again. */
  async #builtAtOnce(request: BuildRequest): Promise<BuiltContext> {
    for (let attempt = 1; ; attempt += 1) {
      const mark = this.#mark();
      const isLast = attempt === MAX_ATTEMPTS;
      try {
        const { sequence: position } = this.#parts.core.journal;
        const built = await this.#built({ ...request, position });
        if (isLast || mark === this.#mark()) return built;
      } catch (error) {
        if (isLast || mark === this.#mark()) throw error;
      }
    }
  }

  #mark(): string {
    const { journal, state } = this.#parts.core;
    return `${journal.sequence}:${state.version}`;
  }

  async #built(request: BuildRequest): Promise<BuiltContext> {
    const { state, pins } = this.#parts.core;
    state.available = this.#available();
    try {
      return await buildContext(state, this.#composer, request);
    } catch (error) {
      if (!(error instanceof TokenLimitExceeded)) throw error;
      return await namingLeastLimit(request.maxTokens, async (maxTokens) =>
        buildContext(state, this.#tight, { ...request, maxTokens }),
      );
    } finally {
      // Folding for a view holds pages by rules of its own.
      pins.restore();
    }
  }

  /** All that decides what a context looks like besides the settings of the memory. */
  #keyOf(request: BuildRequest): Parameters<ContextPackCache<VmContext>['get']>[0] {
    const { core } = this.#parts;
    const { sessionId, model, maxTokens, mode, systemPrompt, question, quota } = request;
    const { turn } = core.state.turns;
    const workingSetVersion = this.#mark();
    const manifestVersion = JSON.stringify([turn, systemPrompt, question, quota]);
    return { sessionId, model, maxTokens, mode, workingSetVersion, manifestVersion };
  }

  /** Pages that are not in the context, those that were used last, matter or sum something up first. */
  #available(): readonly string[] {
    const { table } = this.#parts.core.state;
    const recent = (['L1', 'L2', 'L3', 'L4'] as const)
      .flatMap((tier) => table.newest(tier, DEFAULT_MANIFEST_ENTRIES))
      .flatMap((id) => table.lookup(id) ?? [])
      .toSorted((left, right) => right.lastAccessedMs - left.lastAccessedMs);
    const scored = recent.map((entry, rank) => ({
      id: entry.card.pageId,
      score: 1 - rank / recent.length + entry.importance + TYPE_BONUS[entry.card.pageType],
    }));
    const ranked = scored.toSorted((left, right) => right.score - left.score);
    return ranked.slice(0, DEFAULT_MANIFEST_ENTRIES).map(({ id }) => id);
  }

  #toContext({ rendered, plan, changes }: BuiltContext, request: BuildRequest): VmContext {
    const { core } = this.#parts;
    const { state } = core;
    const pages = contextAfter(state, changes);
    const shown = new Map<string, PageLevel>();
    const candidates = pages.flatMap((place): readonly ContextCandidate[] => {
      const content = state.contents.get(place.pageId);
      const entry = state.table.lookup(place.pageId);
      if (content === null || entry === null) return [];
      const level = place.shown?.representation.level ?? 0;
      shown.set(place.pageId, level);
      const text = place.shown?.text ?? content.text;
      const isPinned = entry.pin !== 'none';
      return [{ page: content.page, forms: [{ level, text }], isPinned }];
    });
    const hidden = state.table
      .idsOfTier('L0')
      .filter((id) => (shown.get(id) ?? Infinity) > (state.table.lookup(id)?.level ?? 0));
    for (const id of shown.keys()) if (!state.isInContext(id)) core.noteUse(id);
    core.view = { shown, hidden: new Set(hidden) };
    const manifest = plan.mode === 'passive' ? null : this.#manifest(candidates, request);
    const developer = this.#developer(
      candidates,
      { ...request, mode: plan.mode, tools: rendered.tools },
      manifest,
    );
    const { tools, tokens, receipt } = rendered;
    // The next one is made from the same messages and entries, and these are the caller's.
    return {
      messages: toPromptMessages(rendered.messages),
      tools,
      tokens,
      receipt: copyOfReceipt(receipt),
      ...developer,
    };
  }

  #manifest(
    candidates: readonly ContextCandidate[],
    { sessionId, maxTokens, model, policy, quota }: BuildRequest,
  ): FittedManifest | null {
    const { core, counter } = this.#parts;
    const { state } = core;
    const shown = new Set(candidates.map(({ page }) => page.pageId));
    const workingSet = candidates.map(({ page, forms }) => {
      const { pageId, modality } = page;
      const { importance = page.importance } = state.table.lookup(pageId) ?? {};
      const [form] = forms ?? [];
      const tokens = counter.countText(form?.text ?? '', model);
      return { pageId, modality, level: form?.level ?? 0, tokens, importance };
    });
    const available = state.available
      .filter((id) => !shown.has(id))
      .flatMap((id) => this.#toAvailable(id) ?? []);
    return fitManifest(
      { sessionId, workingSet, available, policy, quota },
      {
        maxEntries: DEFAULT_MANIFEST_ENTRIES,
        maxTokens: manifestAllowance(maxTokens),
        countTokens: (text) => counter.countText(text, model),
      },
    );
  }

  #toAvailable(pageId: string): AvailablePage | null {
    const entry = this.#parts.core.state.table.lookup(pageId);
    if (entry === null) return null;
    const tokens = entry.levelTokens[0];
    const isShort = this.#parts.core.folds.isShort(pageId) || (tokens ?? 0) < MIN_LEVELLED_TOKENS;
    return { page: entry.card, tier: entry.tier, levels: isShort ? [0] : [0, 1, 2, 3], tokens };
  }

  /** The developer message with as many pages as fit. */
  #developer(
    candidates: readonly ContextCandidate[],
    request: BuildRequest & { readonly tools: readonly ChatTool[] },
    manifest: FittedManifest | null,
  ): Pick<VmContext, 'developerMessage' | 'developerTokens' | 'manifest' | 'packedContext'> {
    const { mode, systemPrompt, policy, maxTokens, model, tools } = request;
    const count = (text: string): number => this.#parts.counter.countText(text, model);
    const packer = new ContextPacker({ countTokens: count });
    const fixed =
      MESSAGE_OVERHEAD_TOKENS +
      REPLY_PRIMER_TOKENS +
      (tools.length === 0 ? 0 : count(JSON.stringify(tools)));
    const write = (context: string, named: FittedManifest | null): string =>
      developerMessage({
        mode,
        systemPrompt,
        maxFaultsPerTurn: policy.maxFaultsPerTurn,
        manifestJson: named === null ? null : sentManifestJson(named.manifest),
        context,
      });
    const named = fixed + count(write('', manifest)) <= maxTokens ? manifest : null;
    let room = Math.max(0, maxTokens - fixed - count(write('', named)));
    for (;;) {
      const packedContext = packer.pack(candidates, room);
      const text = write(packedContext.content, named);
      const developerTokens = fixed + count(text);
      const excess = developerTokens - maxTokens;
      if (excess <= 0 || room === 0) {
        const manifestJsonForm = named?.manifest ?? null;
        return {
          developerMessage: text,
          developerTokens,
          manifest: manifestJsonForm,
          packedContext,
        };
      }
      room = Math.max(0, room - excess);
    }
  }
}
