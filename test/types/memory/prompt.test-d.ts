import { expectTypeOf, test } from 'vitest';
import type { SessionEvent } from '../../../src/domain/session-event.ts';
import type { Session } from '../../../src/domain/session.ts';
import type { ChatMessage, renderEvents } from '../../../src/memory/chat-message.ts';
import type { PromptCounting } from '../../../src/memory/message-tokens.ts';
import type { PromptSource } from '../../../src/memory/prompt-view.ts';
import type { SummaryRequest } from '../../../src/memory/summary-request.ts';
import type { TokenCounter } from '../../../src/tokens/token-counter.ts';

test('a session and its events can be rendered as they are', () => {
  expectTypeOf<Session>().toExtend<PromptSource>();
  expectTypeOf<readonly SessionEvent[]>().toExtend<Parameters<typeof renderEvents>[0]>();
});

test('a token counter can count prompts', () => {
  expectTypeOf<TokenCounter>().toExtend<PromptCounting['counter']>();
});

test('the role tells what a message holds', () => {
  type Tool = Extract<ChatMessage, { readonly role: 'tool' }>;
  expectTypeOf<Tool['content']>().toEqualTypeOf<string>();
  expectTypeOf<Tool>().toHaveProperty('tool_call_id');
  expectTypeOf<{ role: 'tool'; content: string }>().not.toExtend<ChatMessage>();
  expectTypeOf<{ role: 'user'; content: null }>().not.toExtend<ChatMessage>();
  expectTypeOf<{ role: 'assistant'; content: null }>().toExtend<ChatMessage>();
});

test('a request for a summary is a prompt', () => {
  expectTypeOf<SummaryRequest>().toExtend<readonly ChatMessage[]>();
});
