import { type ContextReceipt, copyOfReceipt } from '../memory/context/context-receipt.ts';
import type { RenderedContext } from '../memory/context/render-context.ts';
import type { ChatTool } from '../memory/context/vm-tools.ts';
import { type PromptMessage, toPromptMessages } from '../memory/prompt-message.ts';

/** What makes a context again: the log up to a position, one change after it, and the limit it was built for. */
export interface SessionContextReceipt extends ContextReceipt {
  readonly maxTokens: number;
  /** Where the change was recorded that the context follows from; null when there was none. */
  readonly changePosition: number | null;
}

/** A context, ready to be sent. */
export interface SessionContext {
  readonly messages: PromptMessage[];
  /** The tools by which the model reads its memory; empty when all of it is in the context. */
  readonly tools: ChatTool[];
  /** Of messages and tools. */
  readonly tokens: number;
  /** Plain JSON, to be kept with the answer; see `history.rebuild`. */
  readonly receipt: SessionContextReceipt;
}

/** What was rendered, as callers get it. */
export function toSessionContext(
  { messages, tools, tokens, receipt }: RenderedContext,
  made: Pick<SessionContextReceipt, 'maxTokens' | 'changePosition'>,
): SessionContext {
  const { maxTokens, changePosition } = made;
  return {
    // The next one is made from the same messages and entries, and these are the caller's.
    messages: toPromptMessages(messages),
    tools: [...tools],
    tokens,
    receipt: { maxTokens, changePosition, ...copyOfReceipt(receipt) },
  };
}
