import type { ChatMessage } from '../chat-message.ts';
import { LatestList } from '../latest-list.ts';
import { BlockMemo } from './block-memo.ts';
import type { ContextEntry, ContextStretch } from './context-plan.ts';
import type { ReceiptEntry } from './context-receipt.ts';
import { HashChain } from './hash-chain.ts';
import { LineMemo } from './line-memo.ts';
import { ManifestMemo, type ManifestSettings, type RenderedManifest } from './manifest-memo.ts';
import type { ManifestSource } from './manifest.ts';
import { type NamedSettings, namedSettings, type StretchSettings } from './stretch-settings.ts';
import { TurnMemo } from './turn-memo.ts';

/** A page of a block, and what its line takes. */
export interface RenderedLine {
  readonly entry: ContextEntry;
  readonly tokens: number;
}

/** A stretch as messages. */
export interface RenderedStretch {
  readonly messages: readonly ChatMessage[];
  /** One for each message. */
  readonly hashes: readonly string[];
  /** Of the messages in a prompt, with the marks around them. */
  readonly tokens: number;
  readonly entries: StretchEntries;
  /** Of a block; empty for a turn. */
  readonly lines: readonly RenderedLine[];
}

/** The pages of a stretch in a receipt. */
export class StretchEntries {
  readonly #pages: readonly ReceiptEntry[];
  #offset = -1;
  #entries: readonly ReceiptEntry[] = [];

  /** With the places of messages counted from the first of the stretch. */
  constructor(pages: readonly ReceiptEntry[]) {
    this.#pages = pages;
  }

  /** Where the stretch begins at this message: the same objects as long as it does, which it mostly does from context to context. */
  at(offset: number): readonly ReceiptEntry[] {
    if (this.#offset !== offset) {
      this.#offset = offset;
      this.#entries = this.#pages.map((page) => ({ ...page, message: page.message + offset }));
    }
    return this.#entries;
  }
}

type Block = Extract<ContextStretch, { kind: 'block' }>;
type Turn = Extract<ContextStretch, { kind: 'turn' }>;

/** A stretch that nobody changes, and how it is written. */
interface KnownStretch {
  readonly stretch: ContextStretch;
  readonly rendered: RenderedStretch;
}

const EMPTY: RenderedStretch = {
  messages: [],
  hashes: [],
  tokens: 0,
  entries: new StretchEntries([]),
  lines: [],
};

/**
 * Remembers what the latest contexts were made of: of one that only grew, only what is new has to be written and counted. Pages are
 * known by identity, turns and manifests by what they say, so plans may be made anew each time; lasting stretches are known by identity
 * altogether. It belongs to one counter, holds no more than two contexts do, and what it gives is the same as without it.
 */
export class RenderMemo {
  readonly #manifests = new ManifestMemo();
  readonly #lines = new LineMemo();
  readonly #blocks = new BlockMemo();
  readonly #turns = new TurnMemo();
  readonly #hashes = new HashChain();
  readonly #lasting = new LatestList<ContextStretch, KnownStretch>(({ stretch }) => stretch);
  #lastingName = '';

  /** The stretches of a context as messages: a block as one message of the system, a turn as what it was. */
  render(
    stretches: readonly ContextStretch[],
    { areLasting = false, ...settings }: StretchSettings & { readonly areLasting?: boolean },
  ): readonly RenderedStretch[] {
    if (stretches.length === 0) return [];
    const named = namedSettings(settings);
    if (areLasting) return this.#renderLasting(stretches, named);
    this.#blocks.begin();
    this.#turns.begin();
    return stretches.map((stretch) => this.#render(stretch, named));
  }

  /** As {@link joinedHash}. */
  joinedHash(messageHashes: readonly string[]): string {
    return this.#hashes.join(messageHashes);
  }

  /** The fullest manifest within the limits; null when none fits or there is nothing to name. */
  renderManifest(source: ManifestSource, settings: ManifestSettings): RenderedManifest | null {
    return this.#manifests.write(source, settings);
  }

  #renderLasting(
    stretches: readonly ContextStretch[],
    settings: NamedSettings,
  ): readonly RenderedStretch[] {
    if (this.#lastingName !== settings.name) this.#lasting.replace([]);
    this.#lastingName = settings.name;
    this.#blocks.begin(stretches.filter(({ kind }) => kind === 'block').length);
    this.#turns.begin(stretches.length);
    const known = stretches.map(
      (stretch) =>
        this.#lasting.find(stretch) ?? { stretch, rendered: this.#render(stretch, settings) },
    );
    this.#lasting.replace(known);
    return known.map(({ rendered }) => rendered);
  }

  #render(stretch: ContextStretch, settings: NamedSettings): RenderedStretch {
    return stretch.kind === 'block'
      ? this.#block(stretch, settings)
      : this.#turn(stretch, settings);
  }

  #turn(turn: Turn, settings: NamedSettings): RenderedStretch {
    const { messages, hashes, hash, tokens } = this.#turns.write(turn, settings);
    const pageIds = [...turn.pageIds];
    const messageCount = messages.length;
    const entry = {
      kind: 'turn',
      pageIds,
      level: turn.level ?? 0,
      tokens,
      hash,
      message: 0,
      messageCount,
    } as const;
    return { messages, hashes, tokens, entries: new StretchEntries([entry]), lines: [] };
  }

  #block({ entries }: Block, settings: NamedSettings): RenderedStretch {
    if (entries.length === 0) return EMPTY;
    const written = entries.map((entry) => this.#lines.write(entry, settings));
    const { message, hash, tokens } = this.#blocks.write(written, settings.counting);
    return {
      messages: [message],
      hashes: [hash],
      tokens,
      entries: new StretchEntries(
        entries.map(({ page, level }, at) => ({
          kind: 'line',
          pageIds: [page.pageId],
          level,
          tokens: written[at]?.tokens ?? 0,
          hash: written[at]?.hash ?? '',
          message: 0,
          messageCount: 1,
        })),
      ),
      lines: entries.map((entry, at) => ({ entry, tokens: written[at]?.tokens ?? 0 })),
    };
  }
}
