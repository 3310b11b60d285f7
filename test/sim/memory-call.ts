import type { VmMode } from '../../src/domain/paging-policy.ts';
import type { PageLevel } from '../../src/domain/page.ts';
import type { SessionKey } from '../../src/domain/ids.ts';
import type { SessionContext } from '../../src/api/session-context.ts';
import type { FaultOutcome } from '../../src/memory/context/vm-tool-result.ts';
import type { Call, Outcome } from './call.ts';

/** What is asked of the memory of a session. */
export type MemoryAsk =
  | {
      readonly type: 'build';
      readonly maxTokens: number;
      readonly mode: VmMode;
      /** Undefined for the question of the conversation. */
      readonly question: string | undefined;
    }
  | { readonly type: 'fault'; readonly pageId: string; readonly level: PageLevel }
  | { readonly type: 'page_fault'; readonly pageId: string; readonly level: PageLevel }
  | { readonly type: 'search_pages'; readonly query: string }
  | { readonly type: 'pin' | 'unpin'; readonly pageId: string }
  | {
      readonly type: 'write';
      readonly content: string;
      readonly pageId: string | undefined;
      readonly isPinned: boolean | undefined;
    }
  /** Brings all contents into the process, and gives all that processes have to agree on. */
  | { readonly type: 'inspect' };

/** What the memory answered. */
export type MemoryAnswer =
  | { readonly type: 'build'; readonly context: SessionContext }
  | { readonly type: 'fault'; readonly outcome: FaultOutcome }
  | { readonly type: 'tool'; readonly text: string }
  | { readonly type: 'written'; readonly pageId: string }
  | { readonly type: 'pinned' }
  | { readonly type: 'inspected'; readonly inspection: Inspection };

/** A memory at the end of its log. */
export interface Inspection {
  readonly state: unknown;
  /** All of every page by its id; null for one that cannot be read. */
  readonly texts: Readonly<Record<string, string | null>>;
}

/** What the caller of a memory was told. */
export type MemoryOutcome =
  | { readonly kind: 'answered'; readonly answer: MemoryAnswer }
  | Exclude<Outcome, { readonly kind: 'replied' | 'read' | 'removed' }>;

/** One call of a memory as the client saw it. */
export interface MemoryCall {
  readonly tag: string;
  readonly host: string;
  readonly key: SessionKey;
  readonly ask: MemoryAsk;
  readonly begunStamp: number;
  readonly endedStamp: number;
  readonly outcome: MemoryOutcome;
  /** Commands that it sent to the session, as far as they were answered, in the order of the answers. */
  readonly commands: readonly Call[];
}

/** What is asked, in a few words. */
export function memoryAskText(ask: MemoryAsk): string {
  switch (ask.type) {
    case 'build':
      return `build context of ${ask.maxTokens} ${ask.mode}`;
    case 'fault':
    case 'page_fault':
      return `${ask.type} ${ask.pageId} at ${ask.level}`;
    case 'pin':
    case 'unpin':
      return `${ask.type} ${ask.pageId}`;
    case 'write':
      return `write ${ask.pageId ?? 'a new note'}`;
    default:
      return ask.type;
  }
}

/** The outcome in a few words. */
export function memoryOutcomeText(outcome: MemoryOutcome): string {
  switch (outcome.kind) {
    case 'answered':
      return answerText(outcome.answer);
    case 'refused':
      return `refused ${outcome.code ?? String(outcome.error)}`;
    default:
      return outcome.kind;
  }
}

function answerText(answer: MemoryAnswer): string {
  switch (answer.type) {
    case 'build': {
      const { tokens, receipt } = answer.context;
      return `context of ${tokens} up to ${receipt.position}, changed at ${receipt.changePosition ?? '-'}`;
    }
    case 'fault': {
      const { outcome } = answer;
      return outcome.kind === 'failed' ? `fault ${outcome.code}` : `fault ${outcome.kind}`;
    }
    case 'tool':
      return `tool ${codeOf(answer.text) ?? 'answered'}`;
    case 'written':
      return `written ${answer.pageId}`;
    default:
      return answer.type;
  }
}

/** The code of an error that a tool told; null when it told none. */
export function codeOf(text: string): string | null {
  const told = JSON.parse(text) as { readonly code?: string }; // made by toolResultText
  return told.code ?? null;
}
