import { describe, expect, test } from 'vitest';
import { MAX_CALL_ID_LENGTH } from '../../../src/memory/call-id.ts';
import {
  type ChatMessage,
  MISSING_RESULT,
  renderEvents,
} from '../../../src/memory/chat-message.ts';
import { answered, asked, called, noted, summed, toolEvent, used } from './sample-events.ts';

function callsOf(message: ChatMessage | undefined): readonly string[] {
  return message?.role === 'assistant' ? (message.tool_calls ?? []).map((call) => call.id) : [];
}

function rolesOf(messages: readonly ChatMessage[]): string {
  return messages.map((message) => message.role).join(' ');
}

describe('renderEvents', () => {
  test('shows what user, model and system said under their roles, in the order of the log', () => {
    const events = [noted('s', 'Be brief.'), asked('u', 'Hi'), answered('a', 'Hello')];
    expect(renderEvents(events)).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello' },
    ]);
  });

  test('W-66: a system message is never taken for an answer', () => {
    expect(rolesOf(renderEvents([asked('u', 'Hi'), noted('s', 'Plan changed')]))).toBe(
      'user system',
    );
  });

  test('C-107: keeps empty texts', () => {
    const messages = renderEvents([asked('u', ''), answered('a', ''), noted('s', '')]);
    expect(messages.map((message) => message.content)).toEqual(['', '', '']);
  });

  test('leaves out summaries and everything else that is neither message nor tool call', () => {
    const trace = { ...asked('t', 'trace'), type: 'tool_trace' as const };
    expect(renderEvents([summed('z', 'summary', null), trace])).toEqual([]);
  });

  test('gives an answer without content and without calls an empty text', () => {
    expect(renderEvents([answered('a', null)])).toEqual([{ role: 'assistant', content: '' }]);
  });

  test('C-148: a tool call right after an answer belongs to that answer', () => {
    const events = [asked('u', 'Q'), answered('a', 'Let me look.'), used('t', 'search')];
    expect(renderEvents(events).slice(1)).toEqual([
      {
        role: 'assistant',
        content: 'Let me look.',
        tool_calls: [
          { id: 'tc_t', type: 'function', function: { name: 'search', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'tc_t', name: 'search', content: 'result of t' },
    ]);
  });

  test('C-148: a tool call before the answer gets a message without content of its own', () => {
    const messages = renderEvents([asked('u', 'Q'), used('t', 'search'), answered('a', 'Found')]);
    expect(rolesOf(messages)).toBe('user assistant tool assistant');
    expect(messages[1]).toMatchObject({ content: null, tool_calls: [{ id: 'tc_t' }] });
  });

  test('a further call never changes a message that a model may have seen', () => {
    const events = [asked('u', 'Q'), used('t1', 'a'), used('t2', 'b')];
    const before = renderEvents(events.slice(0, 2));
    expect(renderEvents(events).slice(0, before.length)).toEqual(before);
  });

  test('C-148: keeps the ids of calls, under each of their names', () => {
    for (const key of ['callId', 'call_id', 'tool_call_id']) {
      const messages = renderEvents([used('t', 'search', { [key]: 'call_7' })]);
      expect(callsOf(messages[0])).toEqual(['call_7']);
      expect(messages[1]).toMatchObject({ tool_call_id: 'call_7' });
    }
  });

  test('gives a call without an id one that fits the format, however strange the event id', () => {
    const ids = ['ünïcode', 'x'.repeat(200), 'a b', '3f0e9f8e-6a0b-4b0e-9d2e-0f6a1b2c3d4e'];
    for (const id of ids) {
      const [callId = ''] = callsOf(renderEvents([used(id, 'search')])[0]);
      expect(callId).toMatch(/^[A-Za-z0-9_-]+$/);
      expect(callId.length).toBeLessThanOrEqual(MAX_CALL_ID_LENGTH);
    }
  });

  test('gives no two calls of a message the same id', () => {
    const calls: [string, string][] = [
      ['x', 'a'],
      ['x', 'b'],
      ['x', 'c'],
    ];
    const messages = renderEvents([called('a', calls), used('t', 'a', { callId: 'x' })]);
    const ids = callsOf(messages[0]);
    expect(ids[0]).toBe('x');
    expect(new Set(ids).size).toBe(3);
    expect(messages.slice(1).map((message) => message.content)).toEqual([
      'result of t',
      MISSING_RESULT,
      MISSING_RESULT,
    ]);
  });

  test('C-148: keeps an id that an earlier message has too', () => {
    const events = [used('t1', 'a', { callId: 'x' }), used('t2', 'a', { callId: 'x' })];
    const messages = renderEvents(events);
    expect([callsOf(messages[0]), callsOf(messages[2])]).toEqual([['x'], ['x']]);
  });

  test('C-148: pairs the results of parallel calls by id, whatever their order', () => {
    const messages = renderEvents([
      called('a', [
        ['c1', 'weather'],
        ['c2', 'weather'],
      ]),
      used('t2', 'weather', { callId: 'c2', result: 'rain' }),
      used('t1', 'weather', { callId: 'c1', result: 'sun' }),
    ]);
    expect(messages.slice(1)).toEqual([
      { role: 'tool', tool_call_id: 'c1', name: 'weather', content: 'sun' },
      { role: 'tool', tool_call_id: 'c2', name: 'weather', content: 'rain' },
    ]);
  });

  test('tells each result with its own call where calls share an id, in whatever order they end', () => {
    const messages = renderEvents([
      answered('a', {
        content: null,
        tool_calls: [
          { id: '0', function: { name: 'get_balance', arguments: '{}' } },
          { id: '0', function: { name: 'pay', arguments: '{"euros": 500, "to": "Zo\\u00eb"}' } },
          { id: '0', function: { name: 'pay', arguments: '{"euros": 7}' } },
        ],
      }),
      used('t3', 'pay', { callId: '0', arguments: { euros: 7 }, result: 'paid 7' }),
      used('t2', 'pay', {
        callId: '0',
        arguments: { to: 'Zo\u00eb', euros: 500 },
        result: 'paid 500',
      }),
      used('t1', 'get_balance', { callId: '0', result: 'balance 12' }),
    ]);
    const shown = messages.flatMap((one) => (one.role === 'tool' ? [[one.name, one.content]] : []));
    expect(shown).toEqual([
      ['get_balance', 'balance 12'],
      ['pay', 'paid 500'],
      ['pay', 'paid 7'],
    ]);
  });

  test('of calls that share an id, a result whose arguments were put right belongs to one of its tool', () => {
    const messages = renderEvents([
      called('a', [
        ['0', 'find'],
        ['0', 'pay'],
      ]),
      used('t', 'pay', { callId: '0', arguments: { euros: 1 }, result: 'paid' }),
      used('u', 'elsewhere', { callId: '0', result: 'found' }),
    ]);
    expect(messages.slice(1)).toMatchObject([
      { name: 'find', content: 'found' },
      { name: 'pay', content: 'paid' },
    ]);
  });

  test('pairs a result without an id by the name of its tool, best with the same arguments', () => {
    const toolCalls = ['Rome', 'Oslo'].map((city) => ({
      id: `c-${city}`,
      function: { name: 'weather', arguments: { city } },
    }));
    const messages = renderEvents([
      answered('a', { content: null, tool_calls: toolCalls }),
      used('t1', 'weather', { arguments: { city: 'Oslo' }, result: 'snow' }),
      used('t2', 'weather', { arguments: null, result: 'sun' }),
    ]);
    expect(messages.slice(1)).toMatchObject([
      { tool_call_id: 'c-Rome', content: 'sun' },
      { tool_call_id: 'c-Oslo', content: 'snow' },
    ]);
  });

  test('pairs a result with a call that was asked without an id, and got one when it was carried out', () => {
    const single = { name: 'weather', arguments: '{"city":"Oslo"}' };
    const messages = renderEvents([
      answered('a', { content: null, function_call: single }),
      used('t', 'weather', { callId: 'c-9', arguments: { city: 'Oslo' }, result: 'snow' }),
    ]);
    expect(rolesOf(messages)).toBe('assistant tool');
    expect(messages[1]).toMatchObject({ content: 'snow' });
  });

  test('guesses no call for a result with an id of its own, where several wait and none has its arguments', () => {
    const toolCalls = ['Rome', 'Oslo'].map((city) => ({
      function: { name: 'weather', arguments: { city } },
    }));
    const messages = renderEvents([
      answered('a', { content: null, tool_calls: toolCalls }),
      used('t', 'weather', { callId: 'x', arguments: { city: 'Oslo', unit: 'C' }, result: 'snow' }),
    ]);
    const shown = messages.filter(({ role }) => role === 'tool').map(({ content }) => content);
    expect(shown).toEqual([MISSING_RESULT, MISSING_RESULT, 'snow']);
  });

  test('says so when a call has no result', () => {
    const messages = renderEvents([called('a', [['c1', 'slow']]), asked('u', 'Still there?')]);
    expect(messages[1]).toEqual({
      role: 'tool',
      tool_call_id: 'c1',
      name: 'slow',
      content: MISSING_RESULT,
    });
  });

  test('shows a result that comes after the next question where it came, with a call of its own', () => {
    const messages = renderEvents([
      called('a', [['c1', 'slow']]),
      asked('u', 'Still there?'),
      used('t', 'slow', { callId: 'c1', result: 'done' }),
    ]);
    expect(rolesOf(messages)).toBe('assistant tool user assistant tool');
    expect(messages.at(-1)).toMatchObject({ tool_call_id: 'c1', content: 'done' });
  });

  test('a system message between a call and its result comes after both', () => {
    const messages = renderEvents([
      called('a', [['c1', 'slow']]),
      noted('s', 'note'),
      used('t', 'slow', { callId: 'c1', result: 'done' }),
      used('t2', 'next'),
    ]);
    expect(rolesOf(messages)).toBe('assistant tool system assistant tool');
  });

  test('a call event without a result waits for the one with it', () => {
    const messages = renderEvents([
      toolEvent('t1', { tool: 'search', arguments: { q: 1 }, callId: 'c1' }),
      toolEvent('t2', { tool: 'fetch', arguments: {}, callId: 'c2' }),
      toolEvent('t3', { callId: 'c2', result: 'page' }),
      toolEvent('t4', { callId: 'c1', result: 'hits' }),
    ]);
    expect(callsOf(messages[0])).toEqual(['c1', 'c2']);
    expect(messages.slice(1).map((message) => message.content)).toEqual(['hits', 'page']);
  });

  test('takes an empty list of tool calls for none', () => {
    const messages = renderEvents([answered('a', { content: 'Hi', tool_calls: [] })]);
    expect(messages).toEqual([{ role: 'assistant', content: 'Hi' }]);
  });
});
