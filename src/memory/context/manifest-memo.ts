import { MESSAGE_OVERHEAD_TOKENS } from '../../domain/segment.ts';
import type { ChatMessage } from '../chat-message.ts';
import { type PromptCounting, textTokensUpTo } from '../message-tokens.ts';
import { messageHash } from './context-receipt.ts';
import { fitManifest } from './fit-manifest.ts';
import type { ManifestSource } from './manifest.ts';
import { isSameJson } from './same-json.ts';

/** A manifest as it is sent. */
export interface RenderedManifest {
  readonly message: ChatMessage;
  /** Of the message. */
  readonly hash: string;
  /** In a prompt, with the marks around the message. */
  readonly tokens: number;
}

/** How a manifest is written and counted. */
export interface ManifestSettings {
  readonly counting: PromptCounting;
  /** Pages in each of its lists. */
  readonly maxEntries: number;
  /** Of its text. */
  readonly maxTokens: number;
}

interface KnownManifest extends Omit<ManifestSettings, 'counting'> {
  readonly source: ManifestSource;
  readonly model: string;
  /** Null when none fits. */
  readonly text: string | null;
  readonly hash: string;
  readonly tokens: number;
}

/** A context is tried out without pages, with all of them, and with what is left for the manifest. */
const MAX_KNOWN = 4;

/** Remembers the latest manifests: one stays the same between two compactions, and every context asks for it. */
export class ManifestMemo {
  /** The latest last. */
  #known: readonly KnownManifest[] = [];

  /** The fullest manifest within the limits; null when none fits or there is nothing to name. */
  write(source: ManifestSource, settings: ManifestSettings): RenderedManifest | null {
    if (source.workingSet.length + source.available.length === 0) return null;
    const known = this.#find(source, settings) ?? measured(source, settings);
    this.#known = [...this.#known.filter((other) => other !== known), known].slice(-MAX_KNOWN);
    const { text, hash, tokens } = known;
    return text === null ? null : { message: { role: 'system', content: text }, hash, tokens };
  }

  #find(
    source: ManifestSource,
    { counting, maxEntries, maxTokens }: ManifestSettings,
  ): KnownManifest | undefined {
    return this.#known.findLast(
      (known) =>
        known.model === counting.model &&
        known.maxTokens === maxTokens &&
        known.maxEntries === maxEntries &&
        isSameJson(known.source, source),
    );
  }
}

function measured(source: ManifestSource, settings: ManifestSettings): KnownManifest {
  const { counting, maxEntries, maxTokens } = settings;
  const limits = { maxEntries, maxTokens, model: counting.model };
  const countTokens = (text: string, limit: number): number =>
    textTokensUpTo(text, limit, counting);
  const fitted = fitManifest(source, { maxEntries, maxTokens, countTokens });
  if (fitted === null) return { source, ...limits, text: null, hash: '', tokens: 0 };
  const { text } = fitted;
  const hash = messageHash({ role: 'system', content: text });
  return { source, ...limits, text, hash, tokens: MESSAGE_OVERHEAD_TOKENS + fitted.tokens };
}
