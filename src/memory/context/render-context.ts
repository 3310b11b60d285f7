import {
  type ContextRenderLimits,
  parseContextRenderLimits,
} from '../../domain/context-options.ts';
import { MESSAGE_OVERHEAD_TOKENS, REPLY_PRIMER_TOKENS } from '../../domain/segment.ts';
import type { ChatMessage } from '../chat-message.ts';
import type { PromptCounting } from '../message-tokens.ts';
import type { ContextPlan } from './context-plan.ts';
import {
  type ContextReceipt,
  contextHash,
  joinedHash,
  type ReceiptEntry,
} from './context-receipt.ts';
import { vmInstructions } from './developer-message.ts';
import type { RenderedManifest } from './manifest-memo.ts';
import { DEFAULT_MANIFEST_ENTRIES } from './manifest.ts';
import { systemFigures, toolFigures } from './prompt-figures.ts';
import { type RenderedStretch, RenderMemo } from './render-stretch.ts';
import { type ChatTool, vmTools, vmToolsText } from './vm-tools.ts';

/** How a plan is written. */
export interface RenderOptions extends ContextRenderLimits {
  readonly counter: PromptCounting['counter'];
  /** Kept from call to call, it spares the work on what was in the latest contexts already. */
  readonly memo?: RenderMemo | undefined;
  /**
   * Whether nobody ever changes the stretches of the plan, nor what is rendered of them: the memo then knows by identity those that
   * were in the latest context. Default false.
   */
  readonly areStretchesLasting?: boolean | undefined;
}

/** What is sent to a model. */
export interface RenderedContext {
  readonly messages: readonly ChatMessage[];
  /** Empty in passive mode. */
  readonly tools: readonly ChatTool[];
  /** Of messages and tools: all that the request costs before an answer. */
  readonly tokens: number;
  /** Tokens above the limit; 0 when it is kept. The manifest has given way already, so only another plan can help. */
  readonly excessTokens: number;
  /** Whether the manifest gave way to pages: the next one will differ, and with it nearly all of the prefix. */
  readonly isManifestCut: boolean;
  readonly receipt: ContextReceipt;
}

/** The manifest's share of a limit, and its own limit in tokens. */
const MANIFEST_SHARE = 1 / 32;
const MAX_MANIFEST_TOKENS = 2_048;
/**
 * What a manifest needs to name a page or two that can be loaded, without which it is of no use; a limit of which that is more than this
 * share has no room for one, and leaves it to searches to find pages.
 */
const USEFUL_MANIFEST_TOKENS = 160;
const MAX_MANIFEST_SHARE = 1 / 16;
/** Below this limit in tokens the tools are brief: in full they take 260 tokens, more than a twentieth of it. */
const BRIEF_TOOLS_BELOW = 5_200;

/** As JSON. */
const NO_TOOLS = '[]';

/** Tokens that a manifest may take of so many, where nothing else is said. */
export function manifestAllowance(maxTokens: number): number {
  if (USEFUL_MANIFEST_TOKENS > maxTokens * MAX_MANIFEST_SHARE) return 0;
  const share = Math.floor(maxTokens * MANIFEST_SHARE);
  return Math.min(MAX_MANIFEST_TOKENS, Math.max(share, USEFUL_MANIFEST_TOKENS));
}

/**
 * A plan as messages and tools. First the instructions and the manifest, which stay the same until the next compaction, then the
 * stretches in their order. So a plan that grew at its end begins with all messages of the one it grew from. The same plan and
 * options always give the same bytes.
 * @throws INVALID_INPUT naming the option.
 */
export function renderContext(
  plan: ContextPlan,
  {
    counter,
    memo = new RenderMemo(),
    areStretchesLasting: areLasting = false,
    ...given
  }: RenderOptions,
): RenderedContext {
  const limits = parseContextRenderLimits(given);
  const counting: PromptCounting = { counter, model: plan.model };
  const content = instructionsOf(plan, limits);
  const instructions = systemFigures(content, counting);
  const { maxTokens = Infinity, includeSearch = true } = limits;
  const isBrief = maxTokens < BRIEF_TOOLS_BELOW;
  const hasTools = plan.mode !== 'passive';
  const ofTools = toolFigures(
    hasTools ? vmToolsText({ includeSearch, isBrief }) : NO_TOOLS,
    counting,
  );
  const settings = { counting, lines: limits.lines ?? {}, areLasting };
  const stretches = memo.render(plan.stretches, settings);
  const fixedTokens =
    REPLY_PRIMER_TOKENS +
    instructions.tokens +
    (hasTools ? ofTools.tokens : 0) +
    stretches.reduce((sum, part) => sum + part.tokens, 0);
  const room = maxTokens - fixedTokens;
  const { manifest, isCut } = manifestOf(plan, stretches, { limits, counting, room, memo });
  const tokens = fixedTokens + (manifest?.tokens ?? 0);
  const system = { message: { role: 'system', content }, hash: instructions.hash } as const;
  const { messages, hashes, entries } = arranged(system, stretches, manifest);
  const { sessionId, position, model, mode } = plan;
  const hash = contextHash(
    // A context is tried out without pages as well; what is remembered is for those with some.
    stretches.length === 0 ? joinedHash(hashes) : memo.joinedHash(hashes),
    ofTools.hash,
  );
  let tools: readonly ChatTool[] | null = null;
  return {
    messages,
    // Only when somebody asks: a context is tried out several times, and one of these is sent.
    get tools() {
      tools ??= hasTools ? vmTools({ includeSearch, isBrief }) : [];
      return tools;
    },
    tokens,
    excessTokens: Math.max(0, tokens - maxTokens),
    isManifestCut: isCut,
    receipt: { sessionId, position, model, mode, tokens, entries, hash },
  };
}

function instructionsOf(
  { mode, systemPrompt, policy }: ContextPlan,
  { maxTokens = Infinity, manifest = {}, includeSearch = true }: ContextRenderLimits,
): string {
  // By the limit and not by what fits, or the rules would change from call to call.
  const hasManifest = (manifest.maxTokens ?? manifestAllowance(maxTokens)) > 0;
  const { maxFaultsPerTurn } = policy;
  // Without a search as well, the rules cannot name another way.
  const isNamed = hasManifest || !includeSearch;
  return vmInstructions({ mode, systemPrompt, maxFaultsPerTurn, hasManifest: isNamed });
}

/** The manifest that fits; of the pages in the first block it names those that are folded, the others are there to be read. */
function manifestOf(
  plan: ContextPlan,
  stretches: readonly RenderedStretch[],
  {
    limits: { maxTokens = Infinity, manifest = {} },
    counting,
    room,
    memo,
  }: {
    readonly limits: ContextRenderLimits;
    readonly counting: PromptCounting;
    /** With the marks around the message. */
    readonly room: number;
    readonly memo: RenderMemo;
  },
): { readonly manifest: RenderedManifest | null; readonly isCut: boolean } {
  if (plan.mode === 'passive') return { manifest: null, isCut: false };
  const { sessionId, policy, available } = plan;
  const own = manifestAllowance(maxTokens);
  // What joined since is not told, so that the manifest stays the same until the next compaction.
  const folded = stretches
    .slice(0, 1)
    .flatMap(({ lines }) => lines)
    .filter(({ entry }) => entry.level > 0)
    .map(({ entry: { page, level }, tokens }) => {
      const { pageId, modality, importance } = page;
      return { pageId, modality, level, tokens, importance };
    });
  const { maxEntries = DEFAULT_MANIFEST_ENTRIES } = manifest;
  const source = { sessionId, workingSet: folded, available, policy };
  const fitted = (manifestTokens: number): RenderedManifest | null =>
    memo.renderManifest(source, { counting, maxEntries, maxTokens: manifestTokens });
  const wanted = fitted(manifest.maxTokens ?? own);
  if (wanted === null || wanted.tokens <= room) return { manifest: wanted, isCut: false };
  const rest = room - MESSAGE_OVERHEAD_TOKENS;
  return { manifest: rest > 0 ? fitted(rest) : null, isCut: true };
}

/** Everything in its order, with the places of pages among all messages. */
function arranged(
  instructions: Pick<RenderedManifest, 'message' | 'hash'>,
  stretches: readonly RenderedStretch[],
  manifest: RenderedManifest | null,
): {
  readonly messages: readonly ChatMessage[];
  readonly hashes: readonly string[];
  readonly entries: readonly ReceiptEntry[];
} {
  const ours = manifest === null ? [instructions] : [instructions, manifest];
  const messages: ChatMessage[] = ours.map(({ message }) => message);
  const hashes: string[] = ours.map(({ hash }) => hash);
  const entries: ReceiptEntry[] = [];
  for (const part of stretches) {
    for (const entry of part.entries.at(messages.length)) entries.push(entry);
    for (const message of part.messages) messages.push(message);
    for (const hash of part.hashes) hashes.push(hash);
  }
  return { messages, hashes, entries };
}
