import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isJsonObject, type JsonValue } from '../../../src/domain/json.ts';
import { type ChatMessage, renderEvents } from '../../../src/memory/chat-message.ts';
import { toTurns } from '../../../src/memory/transcript.ts';
import { chatProblems } from './chat-validity.ts';
import { histories } from './histories.ts';

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
