import { describe, expect, test } from 'vitest';
import { GUARD_VERDICTS } from '../../../src/guards/guard-result.ts';
import {
  CACHE_SCOPES,
  ENFORCEMENT_LEVELS,
  UNUSED_RESULT_ACTIONS,
} from '../../../src/guards/limit-levels.ts';
import { MODE_LIMITS } from '../../../src/guards/runtime-limits.ts';
import { aToolState, runCall } from '../../lib/guards/a-tool-state.ts';

describe('limits', () => {
  test('G-12: there are three modes', () => {
    const shown = Object.entries(MODE_LIMITS).map(([mode, limits]) => [
      mode,
      limits.discoveryBudget,
      limits.executionBudget,
      limits.toolBudgetTotal,
      limits.perToolCap,
      limits.requireBindings,
      limits.ungroundedGraceCalls,
    ]);

    expect(shown).toEqual([
      ['default', 5, 12, 15, 0, 'warn', 1],
      ['smooth', 6, 15, 20, 0, 'warn', 2],
      ['strict', 4, 10, 12, 0, 'block', 0],
    ]);
  });

  test('G-4: words have their exact values', () => {
    expect([GUARD_VERDICTS, ENFORCEMENT_LEVELS, CACHE_SCOPES, UNUSED_RESULT_ACTIONS]).toEqual([
      ['allow', 'warn', 'block', 'repair'],
      ['off', 'warn', 'block'],
      ['turn', 'session'],
      ['off', 'warn', 'block-next-tool'],
    ]);
  });

  test.each([
    { limits: { toolBudget: 3 } },
    { limits: { executionBudget: -1 } },
    { limits: { executionBudget: 1.5 } },
    { limits: { cacheScope: 'forever' } },
    { limit: {} },
    { cache: { size: 3 } },
    { runaway: { repeatThreshold: -1 } },
    { toolLimits: { a: Number.NaN } },
    { mode: 'wild' },
  ])('G-13: refuses what does not exist or cannot be: %j', (options) => {
    expect(() => aToolState(options as object)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT' }),
    );
  });

  test('G-63, G-64, G-W07: changing limits keeps what was counted', () => {
    const state = aToolState();
    state.registerUserLiterals('x 42.5');
    for (let index = 0; index < 3; index += 1) runCall(state, `t${index}`);
    state.setMode('STRICT');
    expect(state.getBudgetStatus().execution).toEqual({ used: 3, limit: 10 });
    state.setBudget(4);
    expect(state.getBudgetStatus()).toEqual({
      discovery: { used: 0, limit: 4 },
      execution: { used: 3, limit: 4 },
      total: { used: 3, limit: 4 },
    });
    expect(state.limits.requireBindings).toBe('block');
    state.configure({ perToolCap: 1 });
    expect(state.checkPerToolLimit('t0').verdict).toBe('block');
    expect(() => state.setMode('wild')).toThrow('one of default, smooth, strict');
  });
});
