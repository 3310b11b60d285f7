import type { ContextLineOptions } from '../../domain/context-options.ts';
import type { ChatMessage } from '../chat-message.ts';
import { messageTokens, type PromptCounting, textTokens } from '../message-tokens.ts';
import { wrapBlock } from './context-block.ts';
import { contextLine } from './context-line.ts';
import type { ContextEntry, ContextStretch } from './context-plan.ts';
import { joinedHash, messageHash, type ReceiptEntry } from './context-receipt.ts';
import { fnvHash } from './fnv-hash.ts';
import { neutralMessage } from './neutral-message.ts';

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

/** How stretches are written and counted. */
export interface StretchSettings {
  readonly counting: PromptCounting;
  readonly lines: ContextLineOptions;
}

const EMPTY: RenderedStretch = { messages: [], hashes: [], tokens: 0, entries: [], lines: [] };

/**
 * Remembers stretches as messages, by identity: of a context that only grew, only what is new has to be written and counted. It
 * belongs to one counter, and forgets a stretch that nobody else holds.
 */
export class RenderMemo {
  readonly #known = new WeakMap<
    ContextStretch,
    { readonly setting: string; readonly rendered: RenderedStretch }
  >();

  /** The stretch as messages, from memory where it was written in the same way before. */
  render(stretch: ContextStretch, settings: StretchSettings): RenderedStretch {
    const setting = JSON.stringify([settings.counting.model, settings.lines]);
    const known = this.#known.get(stretch);
    if (known?.setting === setting) return known.rendered;
    const rendered = renderStretch(stretch, settings);
    this.#known.set(stretch, { setting, rendered });
    return rendered;
  }
}

/** A stretch as messages: a block as one message of the system, a turn as what it was. */
function renderStretch(
  stretch: ContextStretch,
  { counting, lines }: StretchSettings,
): RenderedStretch {
  if (stretch.kind === 'block') return renderBlock(stretch.entries, { counting, lines });
  const messages = stretch.messages.map(neutralMessage);
  const hashes = messages.map(messageHash);
  const tokens = messages.reduce((sum, message) => sum + messageTokens(message, counting), 0);
  const turn: ReceiptEntry = {
    kind: 'turn',
    pageIds: [...stretch.pageIds],
    level: 0,
    tokens,
    hash: joinedHash(hashes),
    message: 0,
    messageCount: messages.length,
  };
  return { messages, hashes, tokens, entries: [turn], lines: [] };
}

function renderBlock(
  entries: readonly ContextEntry[],
  { counting, lines }: StretchSettings,
): RenderedStretch {
  if (entries.length === 0) return EMPTY;
  const written = entries.map((entry) => {
    const text = contextLine(entry, lines);
    return { entry, text, tokens: textTokens(text, counting) };
  });
  const body = written.map(({ text }) => text).join('\n');
  const message: ChatMessage = { role: 'system', content: wrapBlock('CONTEXT', body) };
  return {
    messages: [message],
    hashes: [messageHash(message)],
    tokens: messageTokens(message, counting),
    entries: written.map(({ entry, text, tokens }) => ({
      kind: 'line',
      pageIds: [entry.page.pageId],
      level: entry.level,
      tokens,
      hash: fnvHash(text),
      message: 0,
      messageCount: 1,
    })),
    lines: written.map(({ entry, tokens }) => ({ entry, tokens })),
  };
}
