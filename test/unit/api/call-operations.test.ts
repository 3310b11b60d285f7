import { expect, test } from 'vitest';
import { operationsOf, recordedOf } from '../../../src/api/call-operations.ts';
import type { ToolResult } from '../../../src/tools/tool-result.ts';

const asked = (callId: string, city: string) => ({
  callId,
  toolName: 'look',
  arguments: { city },
  problem: null,
});

function aRecord(callId: string): ToolResult {
  const known: Partial<ToolResult> = { callId, toolName: 'look', status: 'succeeded' };
  return known as ToolResult; // what is looked at
}

test('what is recorded under a place is told of that call alone where a server gives all calls one id', () => {
  const operations = operationsOf('op', [asked('call_0', 'Oslo'), asked('call_0', 'Rome')]);
  const first = aRecord('call_0');
  const told = recordedOf(operations, new Map([['op.0', first]]));
  expect([...told]).toEqual([[operations[0]?.operationId, first]]);
});

test('what is recorded under another place is found by the id of its call, and told once', () => {
  const operations = operationsOf('op', [asked('c1', 'Oslo'), asked('c2', 'Rome')]);
  const second = aRecord('c2');
  const recorded = new Map([
    ['op.0', second],
    ['other.1', aRecord('c1')],
  ]);
  expect([...recordedOf(operations, recorded)]).toEqual([[operations[1]?.operationId, second]]);
});
