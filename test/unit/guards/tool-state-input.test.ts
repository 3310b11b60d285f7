import { describe, expect, test } from 'vitest';
import { InvalidInput } from '../../../src/domain/errors.ts';
import { ToolStateManager } from '../../../src/runtime/tool-state.ts';
import { aToolState, runCall } from '../../lib/guards/a-tool-state.ts';

/** As JavaScript code may call it, which no type holds back. */
function untyped(state: ToolStateManager): Record<string, (...given: unknown[]) => unknown> {
  const call =
    (name: string) =>
    (...given: unknown[]): unknown =>
      Reflect.apply(Reflect.get(state, name), state, given);
  return new Proxy({}, { get: (_, name) => call(String(name)) });
}

function fieldOf(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return InvalidInput.isInstance(error) ? error.data['field'] : error;
  }
}

describe('options', () => {
  test.each([
    [null, 'options'],
    ['x', 'options'],
    [{ isEnforcing: 'no' }, 'options.isEnforcing'],
    [{ guards: ['nope'] }, 'options.guards'],
    [{ guards: { mine: 'nope' } }, 'options.guards.mine'],
    [{ schemas: { add: 3 } }, 'options.schemas.add'],
    [{ schemas: { add: { not: { type: 'string' } } } }, 'options.schemas.add'],
    [{ limits: null }, 'options.limits'],
    [{ limits: { executionBudget: -1 } }, 'options.limits.executionBudget'],
    [{ limits: { cacheScope: 'never' } }, 'options.limits.cacheScope'],
    [{ limits: { budget: 1 } }, 'options.limits.budget'],
    [{ toolLimits: { add: 'x' } }, 'options.toolLimits.add'],
    [{ tools: { tools: { add: { effect: 'none' } } } }, 'options.tools.tools.add.effect'],
    [{ tools: { patterns: [{ pattern: 3, traits: {} }] } }, 'options.tools.patterns[0].pattern'],
    [{ runaway: { repeats: 3 } }, 'options.runaway.repeats'],
    [{ cache: { ttlMs: Number.NaN } }, 'options.cache.ttlMs'],
    [{ onEvent: 'x' }, 'options.onEvent'],
    [{ mode: 3 }, 'options.mode'],
    [{ mod: 'strict' }, 'options.mod'],
  ])('%j is refused by the name of what is wrong', (options, field) => {
    expect(fieldOf(() => new ToolStateManager(options as object))).toBe(field);
  });

  test('that have no bound are taken', () => {
    const state = aToolState({ cache: { ttlMs: Infinity }, tools: { classify: () => undefined } });
    expect(runCall(state, 'add', { arguments: { a: 1 } })).toBe('allow');
  });
});

describe('arguments', () => {
  test.each([
    ['finishCall', [], 'call'],
    ['finishCall', [{ result: 1 }], 'call.toolName'],
    ['finishCall', [{ toolName: 'add', result: 1 }], 'call.arguments'],
    ['finishCall', [{ toolName: 'add', arguments: {}, hasFailed: 'no' }], 'call.hasFailed'],
    ['finishCall', [{ toolName: 'add', arguments: {}, error: 'x' }], 'call.error'],
    ['restore', [], 'snapshot'],
    ['restore', ['x'], 'snapshot'],
    ['restore', [{}], 'snapshot.version'],
    ['beginCall', ['', {}], 'toolName'],
    ['beginCall', ['add'], 'arguments'],
    ['beginCall', ['add', 'x'], 'arguments'],
    ['beginCall', ['add', '[1]'], 'arguments'],
    ['checkAllGuards', [null, {}], 'toolName'],
    ['recordToolCall', [], 'toolName'],
    ['configure', [null], 'limits'],
    ['setMode', [], 'mode'],
  ])('%s(%j) is refused by the name of what is wrong', (method, given, field) => {
    const state = aToolState();
    const before = state.snapshot();
    expect(fieldOf(() => untyped(state)[method]?.(...given))).toBe(field);
    expect(state.snapshot()).toEqual(before);
  });

  test('may be JSON text, as providers send them', () => {
    const state = aToolState();
    const report = state.beginCall('multiply', '{"a": 1, "b": 2}');
    expect(report).toMatchObject({ verdict: 'allow', arguments: { a: 1, b: 2 } });
    expect(report).toEqual(aToolState().beginCall('multiply', { a: 1, b: 2 }));
    state.finishCall({ toolName: 'multiply', arguments: '{"b": 2, "a": 1}', result: 2 });
    expect(state.getCachedResult('multiply', { a: 1, b: 2 })).toMatchObject({ result: 2 });
  });

  test('name a value that they use once', () => {
    const state = aToolState();
    runCall(state, 'add', { arguments: { a: 1, b: 2 }, result: 3 });
    expect(state.beginCall('add', { a: '$v1', b: '$v1' }).used).toEqual(['v1']);
  });
});

test('a snapshot goes through JSON and back', () => {
  const state = aToolState();
  runCall(state, 'search_tools', { result: { results: [{ name: 'zeta' }] } });
  runCall(state, 'add', { arguments: { a: 1, b: 2 }, result: 3 });
  runCall(state, 'list', { result: [1, 'x', { deep: null }] });
  runCall(state, 'pay', { result: 'no', hasFailed: true });
  state.storeVariable('rate', 0.5, { units: '%' });
  const other = aToolState();
  other.restore(JSON.parse(JSON.stringify(state.snapshot())));
  expect(other.snapshot()).toEqual(state.snapshot());
});
