import { expect, test } from 'vitest';
import { shownCalls } from '../../../src/cli/archive/message-text.ts';

test('shows the calls of an answer, of tools that take text as well', () => {
  const calls = [
    { id: 'a', type: 'function', function: { name: 'find', arguments: '{"id":7}' } },
    { id: 'b', type: 'custom', custom: { name: 'sql', input: 'select 1' } },
  ];
  expect(shownCalls({ content: null, tool_calls: calls })).toEqual([
    { name: 'find', input: '{"id":7}' },
    { name: 'sql', input: 'select 1' },
  ]);
});
