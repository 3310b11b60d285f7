import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/domain/json.ts';
import { type ChatMessage, renderEvents } from '../../../src/memory/chat-message.ts';
import { toTurns } from '../../../src/memory/transcript.ts';
import { answered, used } from '../../unit/memory/sample-events.ts';
import { chatProblems } from './chat-validity.ts';
import { histories } from './histories.ts';

/** The calls of one answer, with the places in which they end; few ids, names and arguments, so that they repeat. */
const endings = fc
  .array(
    fc.record({
      id: fc.constantFrom('0', '1'),
      name: fc.constantFrom('read', 'pay'),
      asked: fc.constantFrom(
        '{}',
        '{"a":1,"b":2}',
        '{"b": 2, "a": 1}',
        '{"a":"\\u00e9"}',
        '{"a":"é"}',
      ),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .chain((calls) =>
    fc.record({
      calls: fc.constant(calls),
      order: fc.shuffledSubarray([...calls.keys()], { minLength: calls.length }),
    }),
  );

/** Whether a model can be asked now: no call waits for its result, and the last word is not the model's own. */
function isAskable(
  messages: readonly ChatMessage[],
  events: Parameters<typeof toTurns>[0],
): boolean {
  const latest = toTurns(events).findLast((turn) => turn.kind !== 'system');
  const isWaiting =
    latest?.kind === 'assistant' && latest.calls.some((call) => call.outcome === null);
  return messages.at(-1)?.role !== 'assistant' && !isWaiting;
}

describe('renderEvents', () => {
  test('C-148: gives what a chat interface accepts, whatever was recorded', () => {
    fc.assert(
      fc.property(histories, (events) => {
        expect(chatProblems(renderEvents(events))).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  test('is the same for the same events', () => {
    fc.assert(
      fc.property(histories, (events) => {
        const copy = JSON.parse(JSON.stringify(events)) as typeof events;
        expect(JSON.stringify(renderEvents(copy))).toBe(JSON.stringify(renderEvents(events)));
      }),
    );
  });

  test('a further message only adds to the end', () => {
    fc.assert(
      fc.property(histories, (events) => {
        for (let end = 1; end <= events.length; end += 1) {
          if (events[end - 1]!.type !== 'message') continue;
          const before = renderEvents(events.slice(0, end - 1));
          expect(renderEvents(events.slice(0, end)).slice(0, before.length)).toEqual(before);
        }
      }),
    );
  });

  test('between two moments when a model can be asked, events only add to the end', () => {
    fc.assert(
      fc.property(histories, (events) => {
        let asked: readonly ChatMessage[] = [];
        for (let end = 1; end <= events.length; end += 1) {
          const now = renderEvents(events.slice(0, end));
          if (!isAskable(now, events.slice(0, end))) continue;
          expect(now.slice(0, asked.length)).toEqual(asked);
          asked = now;
        }
      }),
      { numRuns: 500 },
    );
  });

  test('tells each result with its own call, in whatever order they end and however often their ids repeat', () => {
    fc.assert(
      fc.property(endings, ({ calls, order }) => {
        const toolCalls = calls.map(({ id, name, asked }) => ({
          id,
          function: { name, arguments: asked },
        }));
        const facts = calls.map(({ id, name, asked }) => {
          const read = JSON.parse(asked) as JsonObject;
          // As the call says it, whatever its spelling.
          const told = JSON.stringify([id, name, read['a'], read['b']]);
          return { id, name, read, told };
        });
        const messages = renderEvents([
          answered('a', { content: null, tool_calls: toolCalls }),
          ...order.map((at) => {
            const { id, name, read, told } = facts[at]!;
            return used(`t${at}`, name, { callId: id, arguments: read, result: told });
          }),
        ]);
        const results = messages.flatMap((one) => (one.role === 'tool' ? [one.content] : []));
        expect(results).toEqual(facts.map(({ told }) => told));
      }),
    );
  });

  test('shows every result that was recorded', () => {
    fc.assert(
      fc.property(histories, (events) => {
        const marked = events.map((event, at) => withResult(event, `result ${at}`));
        const shown = renderEvents(marked).flatMap((message) =>
          message.role === 'tool' ? [message.content] : [],
        );
        for (const [at, event] of marked.entries()) {
          if (event.type !== 'tool_call') continue;
          expect(shown.some((content) => content.includes(`result ${at}`))).toBe(true);
        }
      }),
    );
  });
});

function withResult<T extends { readonly type: string; readonly message: JsonValue }>(
  event: T,
  result: string,
): T {
  if (event.type !== 'tool_call') return event;
  return { ...event, message: isJsonObject(event.message) ? { ...event.message, result } : result };
}
