import { describe, expect, test } from 'vitest';
import { type ChatMessage, renderEvents } from '../../../src/memory/chat-message.ts';
import { groupExchanges, groupUnits } from '../../../src/memory/exchange.ts';
import { answered, asked, called, noted, used } from './sample-events.ts';

function sketch(messages: readonly ChatMessage[]): readonly string[] {
  return groupUnits(messages).map(({ kind, from, to }) => `${kind} ${from}-${to}`);
}

const twoCalls = [
  called('a', [
    ['c1', 'x'],
    ['c2', 'y'],
  ]),
  used('t1', 'x', { callId: 'c1' }),
  used('t2', 'y', { callId: 'c2' }),
];

describe('groupUnits', () => {
  test('keeps an assistant message with all results of its calls', () => {
    const messages = renderEvents([
      noted('s', 's'),
      asked('u', 'q'),
      ...twoCalls,
      answered('b', 'b'),
    ]);
    expect(sketch(messages)).toEqual(['system 0-1', 'user 1-2', 'tools 2-5', 'assistant 5-6']);
  });

  test('a result belongs to the message right before it, once', () => {
    const tool: ChatMessage = { role: 'tool', tool_call_id: 'c1', name: 'x', content: 'again' };
    const [first, ...rest] = renderEvents(twoCalls);
    expect(sketch([tool, first!, ...rest, tool])).toEqual([
      'orphan 0-1',
      'tools 1-4',
      'orphan 4-5',
    ]);
  });

  test('a call still without a result is a unit too', () => {
    expect(sketch(renderEvents(twoCalls).slice(0, 1))).toEqual(['tools 0-1']);
  });
});

describe('groupExchanges', () => {
  test('begins a new one with every user message', () => {
    const events = [asked('u1', '1'), answered('a', 'a'), asked('u2', '2'), asked('u3', '3')];
    const exchanges = groupExchanges(renderEvents(events));
    expect(exchanges.map(({ user, units }) => [user?.from, units.length])).toEqual([
      [0, 1],
      [2, 0],
      [3, 0],
    ]);
  });

  test('gathers what stands before the first user message', () => {
    const exchanges = groupExchanges(
      renderEvents([noted('s', 's'), answered('a', 'a'), asked('u', 'u')]),
    );
    expect(exchanges.map(({ user, units }) => [user, units.length])).toMatchObject([
      [null, 2],
      [{ kind: 'user' }, 0],
    ]);
  });

  test('finds none in an empty prompt', () => {
    expect(groupExchanges([])).toEqual([]);
  });
});
