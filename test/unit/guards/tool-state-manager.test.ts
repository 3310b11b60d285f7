import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { toText } from '../../../src/domain/json.ts';
import { type Guard, guardResult } from '../../../src/guards/guard-result.ts';
import { getToolState, resetToolState, ToolStateManager } from '../../../src/runtime/tool-state.ts';
import { anEvent } from '../../lib/events.ts';
import { aToolState, runCall } from '../../lib/guards/a-tool-state.ts';

describe('budgets', () => {
  test('G-49, G-65: refuses the kind whose budget is used up, then all', () => {
    const state = aToolState({
      limits: { discoveryBudget: 1, executionBudget: 2, toolBudgetTotal: 3 },
    });
    state.recordToolCall('search_tools');
    expect(state.checkAllGuards('list_tools', {}).findings[0]).toMatchObject({
      guard: 'budget',
      result: { verdict: 'block', details: { budgetType: 'discovery', count: 1, limit: 1 } },
    });
    state.recordToolCall('a');
    expect(state.checkAllGuards('a', {}).verdict).toBe('allow');
    state.recordToolCall('a');
    expect(state.checkAllGuards('a', {}).findings[0]?.result.details['budgetType']).toBe(
      'execution',
    );
    expect(state.getBudgetStatus()['total']['used']).toBe(3);
  });

  test('G-14, G-66: says what is used up', () => {
    const state = aToolState({ limits: { discoveryBudget: 1, executionBudget: 1 } });
    expect([state.isDiscoveryExhausted(), state.isExecutionExhausted()]).toEqual([false, false]);
    state.recordToolCall('get_tool_schema');
    state.recordToolCall('work');
    expect([state.isDiscoveryExhausted(), state.isExecutionExhausted()]).toEqual([true, true]);
  });

  test('G-W44: looking for tools leaves a third of the common budget for the work', () => {
    const state = aToolState();
    state.setBudget(3);
    state.recordToolCall('search_tools');
    state.recordToolCall('search_tools');

    expect(state.checkAllGuards('search_tools', {}).verdict).toBe('block');
    expect(state.checkAllGuards('work', {}).verdict).toBe('allow');
  });

  test('G-50, G-66, G-W14, G-W15: tools that were found are named, in all forms of results, and kept for the next prompt', () => {
    const state = aToolState();
    runCall(state, 'search_tools', {
      result: { results: [{ name: 'zeta' }, { name: 'alpha' }, {}] },
    });
    runCall(state, 'list_tools', { result: { result: [{ function: { name: 'beta' } }] } });
    runCall(state, 'get_tool_schema', { result: { function: { name: 'gamma' } } });
    runCall(state, 'get_tool_schemas', {
      result: { function: null, schemas: [{ name: 'delta' }] },
    });
    runCall(state, 'find', { result: { results: [{ name: 'no tool' }] } });
    state.resetForNewPrompt();

    expect(state.getDiscoveredTools()).toEqual(['alpha', 'beta', 'delta', 'gamma', 'zeta']);
    expect([state.isToolDiscovered('zeta'), state.isToolDiscovered('find')]).toEqual([true, false]);
    expect(state.texts.discoveryExhausted()).toContain('alpha, beta, delta, gamma, zeta');
  });

  test('G-W20: of calls that begin at once no more pass than may', () => {
    const state = aToolState({ limits: { executionBudget: 2 } });
    const verdicts = ['a', 'b', 'c', 'd'].map((tool) => state.beginCall(tool, {}).verdict);
    expect(verdicts).toEqual(['allow', 'allow', 'block', 'block']);
    state.releaseCall({ toolName: 'b', isUngrounded: false });
    expect(state.beginCall('c', {}).verdict).toBe('allow');
  });
});

describe('the limit for one tool', () => {
  test.each([
    [0, 3, 'allow'],
    [1, 3, 'allow'],
    [2, 3, 'warn'],
    [3, 3, 'block'],
    [0, 1, 'warn'],
    [1, 1, 'block'],
    [5, 0, 'allow'],
  ])('G-51, G-52, G-W01, GV15: after %i calls of %i: %s', (calls, limit, verdict) => {
    const state = aToolState({ limits: { perToolCap: limit } });
    for (let index = 0; index < calls; index += 1) state.recordToolCall('book');

    expect(state.checkPerToolLimit('book').verdict).toBe(verdict);
    expect(state.checkPerToolLimit('sqrt').verdict).toBe('allow');
  });

  test('G-6, G-51, G-71, G-W08: a tool may have a limit of its own; there is one count', () => {
    const state = aToolState({ limits: { perToolCap: 3 }, toolLimits: { book: 1, free: 0 } });
    for (const tool of ['book', 'free', 'free', 'free', 'free']) state.recordToolCall(tool);

    expect(state.checkPerToolLimit('free').verdict).toBe('allow');
    expect(state.getToolCallStatus('book')).toEqual({
      toolName: 'book',
      callCount: 1,
      maxCalls: 1,
      requiresJustification: true,
    });
    expect(state.texts.toolLimit('book')).toContain('1 of 1');
  });
});

describe('what all guards say', () => {
  test('G-61, G-62, G-W05: names all reasons, those that block first', () => {
    const state = aToolState({ limits: { executionBudget: 0 } });
    const report = state.checkAllGuards('normal_cdf', { x: 9.99, y: '$v7' });

    expect(report.verdict).toBe('block');
    expect(report.findings.map(({ guard }) => guard)).toEqual([
      'references',
      'precondition',
      'budget',
      'ungrounded',
    ]);
    expect(report.reason.startsWith('normal_cdf refers to $v7')).toBe(true);
    expect(report.reason.endsWith('Nothing has been computed yet.')).toBe(true);
  });

  test('G-60, G-W05, G-W111: arguments are held to their schema; a wrong type is put right, and judged as it will be sent', () => {
    const state = aToolState({
      schemas: {
        book: {
          type: 'object',
          properties: {
            seats: { type: 'integer', minimum: 1 },
            name: { type: 'string' },
            ok: { type: 'boolean' },
            price: { type: 'number' },
          },
          required: ['seats'],
          additionalProperties: false,
        },
        pay: z.strictObject({
          amount: z.number().positive(),
          to: z.array(z.object({ id: z.string() })),
        }),
      },
    });

    expect(state.checkAllGuards('book', { seats: 2, price: 3 }).verdict).toBe('allow');
    expect(state.checkAllGuards('Book', { seats: '2', name: 7, ok: 'True' })).toMatchObject({
      verdict: 'repair',
      repairedArguments: { seats: 2, name: '7', ok: true },
    });
    for (const args of [
      {},
      { seats: '0' },
      { seats: 'two' },
      { seats: 1, more: 1 },
      { seats: [1] },
    ]) {
      expect(state.checkAllGuards('book', args).findings[0]).toMatchObject({
        guard: 'schema',
        result: { verdict: 'block' },
      });
    }
    expect(state.checkAllGuards('pay', { amount: 5, to: [{ id: 3 }] })).toMatchObject({
      repairedArguments: { amount: 5, to: [{ id: '3' }] },
    });
    expect(state.checkAllGuards('book', { seats: '12345678901234567891' }).verdict).toBe('block');
    expect(() => aToolState({ schemas: { x: { not: { type: 'string' } } } })).toThrow(
      'JSON Schema',
    );
  });

  test('what a value holds is data, also where the schema puts another argument right', () => {
    const mail = {
      type: 'object',
      properties: { body: { type: 'string' }, count: { type: 'integer' } },
    };
    const state = aToolState({ schemas: { mail } });
    state.bindValue('token', {}, 'TOP-SECRET');
    state.bindValue('page', {}, 'Hello $v1 world, $$v1');

    expect(state.checkAllGuards('mail', { body: '$v2', count: '2' }).repairedArguments).toEqual({
      body: 'Hello $v1 world, $$v1',
      count: 2,
    });
    expect(
      state.checkAllGuards('mail', { body: 'use $$v1', count: '4' }).repairedArguments,
    ).toEqual({ body: 'use $v1', count: 4 });
  });

  test('a guard of the service may put references in, and nothing else becomes one', () => {
    const footer: Guard = {
      check: (_, args) =>
        guardResult('repair', 'with a footer', {
          repairedArguments: { ...args, body: `${toText(args['body'] ?? '')}.`, footer: 'by $v3' },
        }),
    };
    const state = aToolState({ guards: { footer } });
    for (const value of ['TOP-SECRET', 'Hello $v1', 'us']) state.bindValue('t', {}, value);

    expect(state.checkAllGuards('mail', { body: '$v2' }).repairedArguments).toEqual({
      body: 'Hello $v1.',
      footer: 'by us',
    });
  });

  test('guards of the service are asked as well', () => {
    const state = aToolState({
      guards: {
        night: { check: (tool) => guardResult(tool === 'pay' ? 'block' : 'allow', 'closed') },
      },
    });

    expect(state.checkAllGuards('pay', {})).toMatchObject({
      verdict: 'block',
      findings: [{ guard: 'night' }],
    });
    expect(state.checkAllGuards('find', {}).verdict).toBe('allow');
  });

  test('enforcing guards throw, and nothing is counted', () => {
    const state = aToolState({ isEnforcing: true, limits: { executionBudget: 0 } });

    expect(() => state.beginCall('pay', {})).toThrow(
      expect.objectContaining({ code: 'TOOL_CALL_BLOCKED', guards: ['budget'], retryable: false }),
    );
    expect(state.getBudgetStatus().execution.used).toBe(0);
  });

  test('G-W04: unused numbers are told of, or stop the next call, as the limits say', () => {
    const strict = aToolState({ limits: { unusedResults: 'block-next-tool' } });
    runCall(strict, 'sqrt', { arguments: { x: 4 }, result: 2.25 });
    expect(strict.checkAllGuards('pay', {})).toMatchObject({
      findings: [{ guard: 'unused_results' }],
      verdict: 'block',
    });
    expect(strict.beginCall('pay', { x: 2.25 }).verdict).toBe('allow');
    expect(strict.checkAllGuards('pay', {}).verdict).toBe('allow');
    const mild = aToolState();
    for (const x of [4, 5, 6]) runCall(mild, 'sqrt', { arguments: { x }, result: x + 0.25 });
    expect(mild.checkAllGuards('pay', {})).toMatchObject({
      verdict: 'warn',
      findings: [{ guard: 'unused_results' }],
    });
    expect(mild.texts.unused()).toContain('$v1, $v2, $v3');
  });
});

describe('named values and results', () => {
  test('G-35, G-36, GV9: missing ids are named, other names are text', () => {
    const state = aToolState();
    state.bindValue('calc', {}, 8);

    expect(state.checkReferences({ items: ['$v1', '$v99'], m: '$money' })).toEqual({
      isValid: false,
      missingRefs: ['$v99'],
      resolvedRefs: { $v1: 8 },
      message: 'There is no value for $v99.',
    });
    expect(state.checkReferences({ m: '$money' })).toMatchObject({ isValid: true, message: '' });
  });

  test('G-29, G-32: resolving marks what was used', () => {
    const state = aToolState();
    state.bindValue('calc', {}, 8);
    state.bindValue('calc', {}, 'x');
    expect(state.addAlias('v1', 'area')).toBe(true);

    expect(state.resolveReferences({ x: '$area', y: '$v2' })).toEqual({ x: 8, y: 'x' });
    expect(state.getBinding('v1')).toMatchObject({ isUsed: true, usedIn: ['arg_resolution'] });
  });

  test('G-W29: what the caller does to a value later reaches nothing', () => {
    const state = aToolState();
    const value = { list: [1] };
    state.bindValue('calc', {}, value);
    value.list.push(2);

    expect(state.getBinding('v1')?.value).toEqual({ list: [1] });
  });

  test('G-45, G-W33: keeps results of successes of tools that allow it, until something is changed', () => {
    const tools = { find: { effect: 'read', isCacheable: true } } as const;
    const state = aToolState({ tools: { tools } });
    runCall(state, 'find', { arguments: { q: 1 }, result: ['a'] });
    runCall(state, 'find', { arguments: { q: 2 }, result: 'down', hasFailed: true });
    runCall(state, 'sqrt', { arguments: { x: 9 }, result: 3 });
    expect(state.getCachedResult('find', { q: 1 })).toMatchObject({ result: ['a'], callCount: 2 });
    expect(state.getCachedResult('find', { q: 2 })).toBeNull();
    runCall(state, 'book', { arguments: { q: 1 }, result: 'ok' });

    expect(state.getCachedResult('book', { q: 1 })).toBeNull();
    expect(state.getCachedResult('find', { q: 1 })).toBeNull();
    expect(state.getCachedResult('sqrt', { x: 9 })).not.toBeNull();
  });

  test('G-W95: the result of one call is forgotten, and that is noted once', () => {
    const types: string[] = [];
    const state = aToolState({ onEvent: ({ type }) => types.push(type) });
    state.cacheResult('find', { q: 1 }, 'a');
    state.cacheResult('find', { q: 2 }, 'b');

    expect([state.forgetResult('find', '{"q": 1}'), state.forgetResult('find', { q: 1 })]).toEqual([
      true,
      false,
    ]);
    expect(types).toEqual(['result-cached', 'result-cached', 'result-forgotten']);
    expect([state.getCachedResult('find', { q: 1 }), state.cache.stats().totalCached]).toEqual([
      null,
      1,
    ]);
  });

  test('G-45, G-75, G-W04: results of a turn end with it, those of a session do not', () => {
    for (const [cacheScope, isKept] of [
      ['turn', false],
      ['session', true],
    ] as const) {
      const state = aToolState({ limits: { cacheScope } });
      state.cacheResult('sqrt', { x: 9 }, 3);
      state.resetForNewPrompt();
      expect(state.getCachedResult('sqrt', { x: 9 }) !== null).toBe(isKept);
    }
  });

  test('G-40, G-75, G-W03: a new message keeps named values, and clearing never gives an id twice', () => {
    const state = aToolState();
    state.bindValue('calc', {}, 8);
    state.storeVariable('mu', 3, { units: 'kg' });
    state.resetForNewPrompt();
    expect(state.getBinding('v1')?.value).toBe(8);
    expect(state.bindValue('calc', {}, 9).id).toBe('v2');
    state.clear();
    expect([state.getBinding('v1'), state.getVariable('mu')]).toEqual([null, null]);
    expect(state.bindValue('calc', {}, 10).id).toBe('v3');
  });
});

describe('texts', () => {
  test('G-73, G-W19: are short, and say what to do', () => {
    const state = aToolState();
    for (let index = 0; index < 200; index += 1) state.bindValue('calc', {}, index);

    expect(state.texts.budget()).toBe('Discovery: 0/5 | Execution: 0/12 | Total: 0/15');
    expect(state.texts.executionExhausted().startsWith('**EXECUTION BUDGET EXHAUSTED**')).toBe(
      true,
    );
    expect(state.texts.budgetExhausted()).toContain('final answer');
    expect(state.texts.saturation(1e-13)).toContain('1e-13');
    expect(state.texts.state().length).toBeLessThan(1_500);
    expect(state.texts.duplicate('sqrt', { x: 1 })).toContain('no earlier result');
    expect(aToolState().texts.state()).toBe('');
  });
});

describe('the state of a process', () => {
  test('G-76, G-W02: is one that sessions do not share', () => {
    resetToolState();
    const shared = getToolState();
    shared.bindValue('calc', {}, 1);

    expect(getToolState()).toBe(shared);
    expect(new ToolStateManager().getBinding('v1')).toBeNull();
    resetToolState();
    expect(getToolState().getBinding('v1')).toBeNull();
    resetToolState();
  });

  test('G-3: a state without any option answers all questions', () => {
    const state = new ToolStateManager();

    expect(state.checkAllGuards('t', {}).verdict).toBe('allow');
    expect(state.finishCall({ toolName: 't', arguments: {}, result: undefined })?.value).toBeNull();
  });
});

describe('failures that are told as results', () => {
  const failure = { status: 'error', message: 'quota used up' };

  test('G-W33: are neither kept nor named, unless whoever made the call says that it worked', () => {
    const state = aToolState();
    state.finishCall({ toolName: 'sqrt', arguments: { x: 1 }, result: failure });
    state.finishCall({ toolName: 'sqrt', arguments: { x: 2 }, result: failure, hasFailed: false });
    expect(state.cache.peek('sqrt', { x: 1 }, 1_000)).toBeNull();
    expect(state.getBinding('v1')?.value).toEqual(failure);
    expect(state.getBinding('v2')).toBeNull();
  });

  test('keep the names that older records gave them', () => {
    const state = aToolState();
    const call = { tool: 'sqrt', arguments: { x: 1 }, result: failure, error: null, success: true };
    state.observe(anEvent({ type: 'tool_call', source: 'system', message: call }));
    const metadata = { guards: { verdict: 'allow', isBound: false, hasFailed: true } };
    state.observe(anEvent({ type: 'tool_call', source: 'system', message: call, metadata }));
    expect(state.getBinding('v1')?.value).toEqual(failure);
    expect(state.getBinding('v2')).toBeNull();
  });
});
