import type { ChatMessage } from '../chat-message.ts';
import { BlockMemo } from './block-memo.ts';
import type { ContextEntry, ContextStretch } from './context-plan.ts';
import type { ReceiptEntry } from './context-receipt.ts';
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
  /** The places of messages count from the first of the stretch. */
  readonly entries: readonly ReceiptEntry[];
  /** Of a block; empty for a turn. */
  readonly lines: readonly RenderedLine[];
}

type Block = Extract<ContextStretch, { kind: 'block' }>;
type Turn = Extract<ContextStretch, { kind: 'turn' }>;

const EMPTY: RenderedStretch = { messages: [], hashes: [], tokens: 0, entries: [], lines: [] };

/**
 * Remembers what the latest contexts were made of: of one that only grew, only what is new has to be written and counted. Pages are
 * known by identity, turns and manifests by what they say, so plans may be made anew each time. It belongs to one counter, holds no
 * more than two contexts do, and what it gives is the same as without it.
 */
export class RenderMemo {
  readonly #manifests = new ManifestMemo();
  readonly #lines = new LineMemo();
  readonly #blocks = new BlockMemo();
  readonly #turns = new TurnMemo();

  /** The stretches of a context as messages: a block as one message of the system, a turn as what it was. */
  render(
    stretches: readonly ContextStretch[],
    settings: StretchSettings,
  ): readonly RenderedStretch[] {
    if (stretches.length === 0) return [];
    this.#blocks.begin();
    this.#turns.begin();
    const named = namedSettings(settings);
    return stretches.map((stretch) =>
      stretch.kind === 'block' ? this.#block(stretch, named) : this.#turn(stretch, named),
    );
  }

  /** The fullest manifest within the limits; null when none fits or there is nothing to name. */
  renderManifest(source: ManifestSource, settings: ManifestSettings): RenderedManifest | null {
    return this.#manifests.write(source, settings);
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
    return { messages, hashes, tokens, entries: [entry], lines: [] };
  }

  #block({ entries }: Block, settings: NamedSettings): RenderedStretch {
    if (entries.length === 0) return EMPTY;
    const written = entries.map((entry) => this.#lines.write(entry, settings));
    const { message, hash, tokens } = this.#blocks.write(written, settings.counting);
    return {
      messages: [message],
      hashes: [hash],
      tokens,
      entries: entries.map(({ page, level }, at) => ({
        kind: 'line',
        pageIds: [page.pageId],
        level,
        tokens: written[at]?.tokens ?? 0,
        hash: written[at]?.hash ?? '',
        message: 0,
        messageCount: 1,
      })),
      lines: entries.map((entry, at) => ({ entry, tokens: written[at]?.tokens ?? 0 })),
    };
  }
}
