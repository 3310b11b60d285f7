import { afterEach, expect, test } from 'vitest';
import {
  closeDefaultRuntime,
  getToolState,
  ProceduralContextFormatter,
  resetToolState,
  SessionManager,
  ToolMemoryManager,
} from '../../../src/index.ts';

afterEach(async () => {
  resetToolState();
  await closeDefaultRuntime();
});

test('guards and tool state', () => {
  const toolState = getToolState();

  const binding = toolState.bindValue('sqrt', { x: 16 }, 4.0);
  expect(binding).toMatchObject({ id: 'v1', value: 4, valueType: 'number' });
  expect(toolState.resolveReferences({ x: '$v1' })).toEqual({ x: 4 });

  const status = toolState.checkRunaway();
  expect(status.shouldStop).toBe(false);

  const check = toolState.checkUngroundedCall('normal_cdf', { mean: 0, std: 1, x: 1.5 });
  expect(check).toMatchObject({ isUngrounded: true, hasBindings: true });

  toolState.resetForNewPrompt();
  expect(toolState.getBudgetStatus().total.used).toBe(0);
});

test('procedural memory', () => {
  const memory = new ToolMemoryManager();
  memory.record('calculator', { op: 'add', a: 5, b: 3 }, { result: 8, success: true });

  const formatter = new ProceduralContextFormatter();
  const context = formatter.format(memory.getPatterns());
  expect(context).toContain('<tool_memory name="calculator">');
});

test('tool tracking', async () => {
  const sm = new SessionManager();
  await sm.toolUsed({
    toolName: 'calculator',
    arguments: { operation: 'add', a: 5, b: 3 },
    result: { result: 8 },
  });

  expect(await sm.getStats()).toMatchObject({ toolCalls: 1 });
});
