import { afterEach, describe, expect, test, vi } from 'vitest';
import { toTurns } from '../../../src/memory/transcript.ts';
import type { Turn } from '../../../src/memory/transcript.ts';
import { anEvent } from '../../lib/events.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Calls of one tool without ids, and their results from the last to the first, spelled in another way. */
function parallelCalls(count: number): readonly Turn[] {
  const numbers = Array.from({ length: count }, (_, index) => index);
  const calls = numbers.map((at) => ({
    function: { name: 'find', arguments: JSON.stringify({ at, of: 'lamps' }) },
  }));
  const answer = { role: 'assistant', content: null, tool_calls: calls };
  return toTurns([
    anEvent({ id: 'a', source: 'llm', message: answer }),
    ...numbers.toReversed().map((at) =>
      anEvent({
        id: `r${at}`,
        type: 'tool_call',
        source: 'system',
        message: { tool: 'find', arguments: { of: 'lamps', at }, result: `lamp ${at}` },
      }),
    ),
  ]);
}

describe('toTurns', () => {
  test('gives each of many parallel calls its own result, and reads the arguments of each once or twice', () => {
    const parse = vi.spyOn(JSON, 'parse');
    const [turn] = parallelCalls(200);
    const calls = turn?.kind === 'assistant' ? turn.calls : [];
    expect(calls.map(({ outcome }) => outcome?.content)).toEqual(
      Array.from({ length: 200 }, (_, at) => `lamp ${at}`),
    );
    expect(parse.mock.calls.length).toBeLessThan(5 * 200);
  });
});
