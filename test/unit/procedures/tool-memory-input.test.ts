import { expect, test } from 'vitest';
import { InvalidInput } from '../../../src/domain/errors.ts';
import { ProceduralContextFormatter } from '../../../src/runtime/procedural-context-formatter.ts';
import { ToolMemoryManager } from '../../../src/runtime/tool-memory.ts';
import { aToolMemory } from '../../lib/guards/a-tool-memory.ts';

/** Calls it as JavaScript code may, which no type holds back. */
function fieldOf(target: object, method: string, given: readonly unknown[]): unknown {
  try {
    return Reflect.apply(Reflect.get(target, method), target, given);
  } catch (error) {
    return InvalidInput.isInstance(error) ? error.data['field'] : error;
  }
}

function fieldOfOptions(made: new (options: object) => object, options: unknown): unknown {
  return fieldOf({ make: () => new made(options as object) }, 'make', []);
}

test.each([
  ['recordCall', [], 'call'],
  ['recordCall', [{ outcome: 'success' }], 'call.toolName'],
  ['recordCall', [{ toolName: 'rent' }], 'call.outcome'],
  ['recordCall', [{ toolName: 'rent', outcome: 'failed' }], 'call.outcome'],
  ['recordCall', [{ toolName: 'rent', outcome: 'failure', error: 'x' }], 'call.error'],
  ['recordCall', [{ toolName: 'rent', outcome: 'success', arguments: 'x' }], 'call.arguments'],
  ['record', ['rent', {}], 'outcome'],
  ['record', ['rent', {}, { success: 'yes' }], 'outcome.success'],
  ['findCalls', [null], 'filter'],
  ['recentCalls', [{ limit: 'x' }], 'filter.limit'],
  ['getSuccessFor', ['rent'], 'goal'],
])('%s(%j) is refused by the name of what is wrong', (method, given, field) => {
  const memory = aToolMemory();
  memory.recordCall({ toolName: 'rent', outcome: 'success', contextGoal: 'a car' });
  expect(fieldOf(memory, method, given)).toBe(field);
  expect(memory.stats().totalRecorded).toBe(1);
});

test.each([
  [null, 'options'],
  [{ maxTools: 'x' }, 'options.maxTools'],
  [{ onFixDetected: 3 }, 'options.onFixDetected'],
  [{ maxEntries: 3 }, 'options.maxEntries'],
])('a memory with %j is refused by the name of what is wrong', (options, field) => {
  expect(fieldOfOptions(ToolMemoryManager, options)).toBe(field);
});

test.each([
  [null, 'options'],
  [{ maxTokens: 'x' }, 'options.maxTokens'],
  [{ compact: 'no' }, 'options.compact'],
  [{ maxCalls: 3 }, 'options.maxCalls'],
])('a formatter with %j is refused by the name of what is wrong', (options, field) => {
  expect(fieldOfOptions(ProceduralContextFormatter, options)).toBe(field);
});

test('a formatter names the argument that is wrong', () => {
  const formatter = new ProceduralContextFormatter();
  const memory = aToolMemory();
  const wrong: readonly (readonly [string, readonly unknown[], string])[] = [
    ['formatForTools', [memory, 'rent'], 'toolNames'],
    ['formatForTools', [memory], 'toolNames'],
    ['formatForTools', [null, ['rent']], 'memory'],
    ['formatForTools', [memory, ['rent'], 3], 'contextGoal'],
    ['format', [], 'patterns'],
    ['format', [[{}]], 'patterns[0].toolName'],
    ['formatFullSummary', [{}], 'memory'],
    ['formatFullSummary', [memory, 'x'], 'maxTools'],
    ['formatErrorGuidance', [memory, 'rent'], 'errorType'],
    ['formatSuccessTemplate', [memory, 'rent'], 'goal'],
  ];
  for (const [method, given, field] of wrong) {
    expect(fieldOf(formatter, method, given), `${method} ${field}`).toBe(field);
  }
});

test('a failure without a result is shown by its error', () => {
  const memory = aToolMemory();
  memory.recordCall({ toolName: 'rent', outcome: 'failure', errorMessage: 'day must be a date' });
  memory.recordCall({ toolName: 'rent', outcome: 'timeout' });
  memory.recordCall({ toolName: 'rent', outcome: 'failure', result: { status: 'full' } });
  memory.recordCall({ toolName: 'rent', outcome: 'success' });
  const text = new ProceduralContextFormatter({ maxRecentCalls: 4 }).formatForTools(memory, [
    'rent',
  ]);
  for (const line of ['day must be a date', 'timeout', 'status=full']) {
    expect(text).toContain(`[✗] ${line}`);
  }
  expect(text).toContain('[✓] null');
});
