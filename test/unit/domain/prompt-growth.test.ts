import { describe, expect, test } from 'vitest';

import { evolveAll } from '../../../src/domain/evolve.ts';
import type { LogEvent } from '../../../src/domain/log-event.ts';
import { MESSAGE_OVERHEAD_TOKENS, MISSING_RESULT_TOKENS } from '../../../src/domain/segment.ts';
import { latestTokens } from '../../../src/domain/segment-growth.ts';
import { MISSING_RESULT } from '../../../src/memory/chat-message.ts';
import { decodeSnapshot, encodeSnapshot } from '../../../src/store/codec.ts';
import { createTokenCounter } from '../../../src/tokens/token-counter.ts';
import { aSession } from '../../lib/session.ts';

const OVERHEAD = MESSAGE_OVERHEAD_TOKENS;
const ASKING = { content: 'abc', tool_calls: [{ id: 'c1', name: 'find', args: { q: 1 } }] };
const RESULT = { callId: 'c1', tool: 'find', result: 'found it' };

/** A record as it was written before calls were counted on their own. */
function older(event: LogEvent): LogEvent {
  if (event.type !== 'event-recorded') return event;
  const { callTokens: _callTokens, ...rest } = event;
  return rest;
}

describe('the end of a prompt', () => {
  test.each(['gpt-4o', 'gpt-4'])('a missing result takes its figure for %s', (model) => {
    expect(createTokenCounter().countText(MISSING_RESULT, model)).toBe(MISSING_RESULT_TOKENS);
  });

  test('outlives a snapshot, so that a result finds its call', () => {
    const session = aSession().says('hi').answers(ASKING);
    const restored = decodeSnapshot(encodeSnapshot(session.state));
    expect(restored).toStrictEqual(session.state);
    session.usesTool(RESULT);
    const [result] = session.entries.slice(-1);
    expect(evolveAll(restored, [result!.event])).toStrictEqual(session.state);
    expect(session.toSession().events.at(-1)?.tokenUsage?.totalTokens).toBe('found it'.length);
  });

  test('records from before calls were counted replay to the sums of their contents', () => {
    const session = aSession().says('hi').answers(ASKING).usesTool(RESULT).usesTool('bare');
    session.answers(ASKING).says('never mind');
    const contents = session.toSession().events.map((event) => event.contentTokens + OVERHEAD);
    const replayed = evolveAll(
      null,
      session.entries.map(({ event }) => older(event)),
    );
    expect(replayed?.conversationTokens).toBe(contents.reduce((sum, tokens) => sum + tokens, 0));
    expect(replayed?.open.tokens).toBe(replayed?.conversationTokens);
  });

  test('keeps no more than 64 calls waiting, and counts the others as unanswered', () => {
    const calls = Array.from({ length: 70 }, (_, n) => ({ id: `c${n}`, name: 'f' }));
    const { state } = aSession().answers({ content: null, tool_calls: calls });
    expect(state.openTurn?.waiting).toHaveLength(64);
    const asked = OVERHEAD + 70 * 'f{}'.length;
    expect(state.conversationTokens).toBe(asked + 6 * (OVERHEAD + MISSING_RESULT_TOKENS));
  });

  test('knows the latest 32 messages one by one, and the older ones together', () => {
    const session = aSession();
    for (let n = 0; n < 40; n += 1) session.says('x');
    const { open } = session.state;
    expect(open.turnTokens).toHaveLength(33);
    expect(latestTokens(open, 0)).toBe(0);
    expect(latestTokens(open, 32)).toBe(32 * (1 + OVERHEAD));
    expect(latestTokens(open, 33)).toBe(40 * (1 + OVERHEAD));
  });
});
