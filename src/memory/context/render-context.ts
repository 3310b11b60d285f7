import {
  type ContextRenderLimits,
  parseContextRenderLimits,
} from '../../domain/context-options.ts';
import { MESSAGE_OVERHEAD_TOKENS, REPLY_PRIMER_TOKENS } from '../../domain/segment.ts';
import type { ChatMessage } from '../chat-message.ts';
import {
  messageTokens,
  type PromptCounting,
  textTokens,
  textTokensUpTo,
} from '../message-tokens.ts';
import type { ContextPlan } from './context-plan.ts';
import {
  type ContextReceipt,
  contextHash,
  messageHash,
  type ReceiptEntry,
} from './context-receipt.ts';
import { vmInstructions } from './developer-message.ts';
import { DEFAULT_MANIFEST_ENTRIES, type FittedManifest, fitManifest } from './manifest.ts';
import { type RenderedStretch, RenderMemo } from './render-stretch.ts';
import { type ChatTool, vmTools } from './vm-tools.ts';

/** How a plan is written. */
export interface RenderOptions extends ContextRenderLimits {
  readonly counter: PromptCounting['counter'];
  /** Kept from call to call, it spares the work on stretches that are the same objects as before. */
  readonly memo?: RenderMemo | undefined;
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

/** Tokens that a manifest may take of so many, where nothing else is said. */
export function manifestAllowance(maxTokens: number): number {
  return Math.min(MAX_MANIFEST_TOKENS, Math.floor(maxTokens * MANIFEST_SHARE));
}

/**
 * A plan as messages and tools. First the instructions and the manifest, which stay the same until the next compaction, then the
 * stretches in their order. So a plan that grew at its end begins with all messages of the one it grew from. The same plan and
 * options always give the same bytes.
 * @throws INVALID_INPUT naming the option.
 */
export function renderContext(
  plan: ContextPlan,
  { counter, memo = new RenderMemo(), ...given }: RenderOptions,
): RenderedContext {
  const limits = parseContextRenderLimits(given);
  const counting: PromptCounting = { counter, model: plan.model };
  const instructions: ChatMessage = { role: 'system', content: instructionsOf(plan) };
  const tools =
    plan.mode === 'passive' ? [] : vmTools({ includeSearch: limits.includeSearch ?? true });
  const settings = { counting, lines: limits.lines ?? {} };
  const stretches = plan.stretches.map((stretch) => memo.render(stretch, settings));
  const fixedTokens =
    REPLY_PRIMER_TOKENS +
    messageTokens(instructions, counting) +
    toolsTokens(tools, counting) +
    stretches.reduce((sum, { tokens }) => sum + tokens, 0);
  const { maxTokens = Infinity } = limits;
  const room = maxTokens - fixedTokens - MESSAGE_OVERHEAD_TOKENS;
  const { manifest, isCut } = manifestOf(plan, stretches, { limits, counting, room });
  const manifestTokens = manifest === null ? 0 : manifest.tokens + MESSAGE_OVERHEAD_TOKENS;
  const tokens = fixedTokens + manifestTokens;
  const { messages, hashes, entries } = arranged(instructions, stretches, manifest);
  const { sessionId, position, model, mode } = plan;
  const hash = contextHash(hashes, tools);
  return {
    messages,
    tools,
    tokens,
    excessTokens: Math.max(0, tokens - maxTokens),
    isManifestCut: isCut,
    receipt: { sessionId, position, model, mode, tokens, entries, hash },
  };
}

function instructionsOf({ mode, systemPrompt, policy }: ContextPlan): string {
  return vmInstructions({ mode, systemPrompt, maxFaultsPerTurn: policy.maxFaultsPerTurn });
}

/** Tools count by their JSON, which is at least what providers make of them. */
function toolsTokens(tools: readonly ChatTool[], counting: PromptCounting): number {
  return tools.length === 0 ? 0 : textTokens(JSON.stringify(tools), counting);
}

/** The manifest that fits; of the pages in the first block it names those that are folded, the others are there to be read. */
function manifestOf(
  plan: ContextPlan,
  stretches: readonly RenderedStretch[],
  {
    limits: { maxTokens = Infinity, manifest = {} },
    counting,
    room,
  }: {
    readonly limits: ContextRenderLimits;
    readonly counting: PromptCounting;
    readonly room: number;
  },
): { readonly manifest: FittedManifest | null; readonly isCut: boolean } {
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
  const fitted = (manifestTokens: number): FittedManifest | null =>
    fitManifest(
      { sessionId, workingSet: folded, available, policy },
      {
        maxEntries: manifest.maxEntries ?? DEFAULT_MANIFEST_ENTRIES,
        maxTokens: manifestTokens,
        countTokens: (text, limit) => textTokensUpTo(text, limit, counting),
      },
    );
  const wanted = fitted(manifest.maxTokens ?? own);
  if (wanted === null || wanted.tokens <= room) return { manifest: wanted, isCut: false };
  return { manifest: room > 0 ? fitted(room) : null, isCut: true };
}

/** Everything in its order, with the places of pages among all messages. */
function arranged(
  instructions: ChatMessage,
  stretches: readonly RenderedStretch[],
  manifest: FittedManifest | null,
): {
  readonly messages: readonly ChatMessage[];
  readonly hashes: readonly string[];
  readonly entries: readonly ReceiptEntry[];
} {
  const index = manifest === null ? [] : [asStretch({ role: 'system', content: manifest.text })];
  const messages: ChatMessage[] = [];
  const hashes: string[] = [];
  const entries: ReceiptEntry[] = [];
  for (const part of [asStretch(instructions), ...index, ...stretches]) {
    const offset = messages.length;
    for (const entry of part.entries) entries.push({ ...entry, message: entry.message + offset });
    messages.push(...part.messages);
    hashes.push(...part.hashes);
  }
  return { messages, hashes, entries };
}

/** A message of ours, which holds no pages. */
function asStretch(message: ChatMessage): Pick<RenderedStretch, 'messages' | 'hashes' | 'entries'> {
  return { messages: [message], hashes: [messageHash(message)], entries: [] };
}
