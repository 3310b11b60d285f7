import { describe, expect, test } from 'vitest';
import {
  GUARD_VERDICTS,
  guardMessage,
  guardResult,
  isAllowed,
  isBlocked,
} from '../../../src/guards/guard-result.ts';
import {
  canRepair,
  createSoftBlock,
  nextRepairAction,
  SOFT_BLOCK_REASONS,
} from '../../../src/guards/soft-block.ts';
import { runawayMessage } from '../../../src/guards/runaway-status.ts';
import { aToolState } from '../../lib/guards/a-tool-state.ts';

describe('a verdict', () => {
  test('G-1, G-2: is data; a warning allows, a repair neither allows nor blocks', () => {
    const results = GUARD_VERDICTS.map((verdict) => guardResult(verdict, 'why'));

    expect(results.map(isAllowed)).toEqual([true, true, false, false]);
    expect(results.map(isBlocked)).toEqual([false, false, true, false]);
    expect(results.map(guardMessage)).toEqual([
      '',
      'Warning: why',
      'Blocked: why',
      'Repaired: why',
    ]);
    expect(guardMessage(guardResult('block', ''))).toBe('Blocked');
    expect(guardResult('repair', 'x', { repairedArguments: { a: 1 } })).toEqual({
      verdict: 'repair',
      reason: 'x',
      details: {},
      repairedArguments: { a: 1 },
      fallbackResponse: null,
    });
  });
});

describe('a soft block', () => {
  test('G-11, G-W13: says what to try, as long as an attempt is left', () => {
    const blocks = SOFT_BLOCK_REASONS.map((reason) => createSoftBlock(reason));

    expect(blocks.map(nextRepairAction)).toEqual([
      'rebind_from_existing',
      'compute_missing',
      'ask_user',
      'ask_user',
      'compute_missing',
    ]);
    const tried = createSoftBlock('ungrounded_args', { repairAttempts: 2 });
    expect([canRepair(tried), nextRepairAction(tried)]).toEqual([true, 'rewrite_call']);
    expect(canRepair({ ...tried, repairAttempts: 3 })).toBe(false);
  });
});

describe('runawayMessage', () => {
  test('G-7: tells the most certain reason first', () => {
    const idle = aToolState().checkRunaway();
    const all = {
      ...idle,
      shouldStop: true,
      reason: 'own words',
      isBudgetExhausted: true,
      isDegenerate: true,
      isSaturated: true,
    };

    expect(runawayMessage(idle)).toBe('');
    expect(runawayMessage(all)).toContain('calls remaining: 15');
    expect(runawayMessage({ ...all, isBudgetExhausted: false })).toContain('degenerate');
    expect(runawayMessage({ ...all, isBudgetExhausted: false, isDegenerate: false })).toContain(
      'precision',
    );
    const own = { ...idle, shouldStop: true, reason: 'own words' };
    expect(runawayMessage(own)).toBe('own words');
    expect(runawayMessage({ ...own, reason: null })).toContain('unknown');
  });
});
