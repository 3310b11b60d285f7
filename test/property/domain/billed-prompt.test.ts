import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { SentPrompt } from '../../../src/domain/command.ts';
import type { JsonValue } from '../../../src/domain/json.ts';
import type { SegmentPolicy } from '../../../src/domain/segment.ts';
import type { SessionEvent } from '../../../src/domain/session-event.ts';
import { summariesWithin } from '../../../src/domain/told-summaries.ts';
import { buildConversationContext } from '../../../src/memory/conversation-context.ts';
import { promptTokens } from '../../../src/memory/message-tokens.ts';
import type { PromptEvent } from '../../../src/memory/prompt-view.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';
import { aNewEvent, aPolicy } from '../../lib/commands.ts';
import { aSession, type TestSession } from '../../lib/session.ts';
import { histories } from '../memory/histories.ts';

const counter = createTokenCounter();
const MODEL = 'gpt-4o';
const countTokens = (content: JsonValue): number => counter.count(content, MODEL).tokens;

/** A step of a conversation: something recorded, or the end of a segment wherever it is. */
type Step = Omit<PromptEvent, 'id'> | 'close';

interface Conversation {
  readonly steps: readonly Step[];
  readonly policy: SegmentPolicy | null;
  readonly sent: SentPrompt | undefined;
  readonly systemPrompt: string | null;
}

const steps: fc.Arbitrary<readonly Step[]> = fc
  .tuple(histories, fc.array(fc.nat(9), { minLength: 31, maxLength: 31, size: 'max' }))
  .map(([events, dice]) =>
    events.flatMap((event, at): Step[] => (dice[at] === 0 ? [event, 'close'] : [event])),
  );

const policies: fc.Arbitrary<SegmentPolicy> = fc
  .record({
    tokenThreshold: fc.constantFrom(60, 300, 100_000),
    maxTurnsPerSegment: fc.constantFrom(2, 5, 1000),
    carryTokens: fc.constantFrom(0, 40, 200, 10_000),
    summaryTokens: fc.constantFrom(0, 60, 10_000),
  })
  .map(aPolicy);

const conversations: fc.Arbitrary<Conversation> = fc.record({
  steps,
  policy: fc.option(policies, { freq: 4 }),
  sent: fc.option(fc.record({ maxMessages: fc.nat(6), includeSummaries: fc.boolean() }), {
    nil: undefined,
  }),
  systemPrompt: fc.constantFrom(null, '  ', 'Be kind & <brief>.'),
});

/** The prompt as it is sent before the next answer, without the names of its results, which no bill counts. */
function nextPromptTokens(session: TestSession, { policy, sent }: Conversation): number {
  const { state } = session;
  const { open } = state;
  const from =
    sent !== undefined ? open.fromPosition : policy === null ? 1 : open.promptFromPosition;
  const isTold = policy !== null && (sent?.includeSummaries ?? true);
  const told = isTold ? summariesWithin(state, policy.summaryTokens).summaries : [];
  const prompt = buildConversationContext({
    counter,
    model: MODEL,
    systemPrompt: state.systemPrompt,
    includeSystem: sent === undefined,
    summaries: told.map(({ toSegment, ...summary }) => ({
      segment: toSegment,
      ...summary,
    })),
    events: eventsFrom(session, from),
    ...(sent === undefined ? {} : { maxMessages: sent.maxMessages }),
  });
  const unnamed = prompt.map((message) => ({ ...message, name: undefined })) as typeof prompt;
  return promptTokens(unnamed, { counter, model: MODEL });
}

function eventsFrom({ entries }: TestSession, from: number): readonly SessionEvent[] {
  return entries.flatMap(({ event, position }) =>
    event.type === 'event-recorded' && position >= from ? [event.event] : [],
  );
}

/** Takes the steps, and gives what each answer was billed next to what its prompt took. */
function play(conversation: Conversation): readonly (readonly [billed: number, sent: number])[] {
  const { policy, sent, systemPrompt } = conversation;
  const session = aSession({ session: { systemPrompt }, policy, env: { countTokens } });
  const pairs: (readonly [number, number])[] = [];
  for (const step of conversation.steps) {
    if (step === 'close') {
      if (session.state.open.messages > 0)
        session.run({ type: 'close-segment', policy: policy ?? aPolicy(), model: MODEL });
      continue;
    }
    const { source, type, message } = step;
    const before = nextPromptTokens(session, conversation);
    const event = aNewEvent({ source, type, message, model: MODEL });
    session.run({
      type: 'record-event',
      event,
      policy,
      create: null,
      idempotencyKey: null,
      sent,
    });
    const billed = eventsFrom(session, 1).at(-1)?.billing?.usage.inputTokens;
    if (billed !== undefined) pairs.push([billed, before]);
  }
  return pairs;
}

describe('the bill of a call', () => {
  test('W-48: is estimated as the prompt that is sent but for names, whatever was recorded and however it is shown', () => {
    let calls = 0;
    fc.assert(
      fc.property(conversations, (conversation) => {
        const pairs = play(conversation);
        calls += pairs.length;
        expect(pairs.map(([billed]) => billed)).toEqual(pairs.map(([, sent]) => sent));
      }),
      { numRuns: 1500 },
    );
    expect(calls).toBeGreaterThan(1500);
  });
});
