import { DEFAULT_FAULT_POLICY } from '../../../../src/domain/paging-policy.ts';
import type { ChatMessage } from '../../../../src/memory/chat-message.ts';
import type {
  AvailablePage,
  ContextEntry,
  ContextPlan,
  ContextStretch,
} from '../../../../src/memory/context/context-plan.ts';

/** A plan without pages and turns, unless said otherwise. */
export function aPlan(fields: Partial<ContextPlan> = {}): ContextPlan {
  return {
    sessionId: 'sess_1',
    position: 12,
    mode: 'strict',
    model: 'gpt-4o',
    systemPrompt: 'SYS',
    policy: DEFAULT_FAULT_POLICY,
    quota: { faultsRemaining: 3, tokensRemaining: 8_192, failuresRemaining: 8 },
    available: [],
    totalPages: 3,
    stretches: [],
    ...fields,
  };
}

/** Pages as a block. */
export function aBlock(...entries: readonly ContextEntry[]): ContextStretch {
  return { kind: 'block', entries };
}

/** Messages as a turn of as many pages. */
export function aTurn(pageId: string, ...messages: readonly ChatMessage[]): ContextStretch {
  return { kind: 'turn', pageIds: [pageId], messages };
}

/** What somebody says, as a turn. */
export function aSaying(
  pageId: string,
  role: 'user' | 'assistant',
  content: string,
): ContextStretch {
  return aTurn(pageId, { role, content });
}

/** A page that can be faulted in. */
export function anAvailable(pageId: string, hint: string = '[user] hint'): AvailablePage {
  const page = { pageId, pageType: 'transcript', modality: 'text', hint, importance: 0.5 } as const;
  return { page, tier: 'L2', levels: [0, 2], tokens: 100 };
}
