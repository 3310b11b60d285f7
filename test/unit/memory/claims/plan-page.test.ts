import { describe, expect, test } from 'vitest';
import { InvalidInput } from '../../../../src/domain/errors.ts';
import type { Plan } from '../../../../src/domain/plan.ts';
import { ClaimBook } from '../../../../src/memory/claims/claim-book.ts';
import { claimPage } from '../../../../src/memory/claims/claim-page.ts';
import {
  abandonPlan,
  completePlan,
  createPlan,
  isPlanPinned,
  planOf,
  planPage,
  updatePlan,
} from '../../../../src/memory/claims/plan-page.ts';
import { aDraft } from '../../../lib/claims.ts';

const plan: Plan = createPlan({
  planId: 'claim_4',
  title: 'Ship the beta',
  goals: ['Ten testers'],
  provenance: ['msg_3'],
  nowMs: 1_000,
});

describe('plan pages', () => {
  test('a plan is pinned and as important as can be while it is active', () => {
    expect(isPlanPinned(plan)).toBe(true);
    expect(planPage(plan)).toMatchObject({
      pageId: 'claim_4',
      pageType: 'claim',
      importance: 0.99,
      content: 'Plan (active, 0 % done): Ship the beta\nGoal: Ten testers',
      hint: '[plan] Ship the beta (active)',
      provenance: ['msg_3'],
    });
  });

  test('it takes in goals, decisions and progress', () => {
    const changed = updatePlan(plan, {
      goals: ['Ten testers', 'No crashes'],
      decisions: ['Use Sentry'],
      progress: 0.256,
      provenance: ['msg_9'],
      nowMs: 2_000,
    });

    expect(changed).toMatchObject({ updatedAtMs: 2_000, createdAtMs: 1_000 });
    expect(planPage(changed).content).toBe(
      'Plan (active, 25 % done): Ship the beta\nGoal: Ten testers\nGoal: No crashes\nDecided: Use Sentry',
    );
    expect(planPage(changed).provenance).toEqual(['msg_3', 'msg_9']);
    expect(plan.goals).toEqual(['Ten testers']);
  });

  test('a plan that ended is neither pinned nor important, and does not change', () => {
    const completed = completePlan(plan, 3_000);
    const abandoned = abandonPlan(plan, 3_000);

    expect(completed).toMatchObject({ status: 'completed', progress: 1 });
    expect([completed, abandoned].map(isPlanPinned)).toEqual([false, false]);
    expect(planPage(abandoned)).toMatchObject({
      importance: 0.5,
      content: 'Plan (abandoned): Ship the beta\nGoal: Ten testers',
    });
    expect(() => completePlan(abandoned, 4_000)).toThrow('plan.status');
    expect(() => abandonPlan(completed, 4_000)).toThrow('plan.status');
    expect(() => updatePlan(completed, { progress: 0, nowMs: 4_000 })).toThrow('plan.status');
  });

  test('a plan can be read from its page again', () => {
    const page = planPage(updatePlan(plan, { progress: 0.5, nowMs: 2 }));
    const stored = JSON.parse(JSON.stringify(page));
    const [claim] = claimsOf();

    expect(planPage(planOf(stored)!)).toEqual(page);
    expect(planOf(claimPage(claim!))).toBeNull();
    expect(() => planOf({ ...page, metadata: { plan: 'none' } })).toThrow(InvalidInput);
  });

  test.each([{ title: ' ' }, { title: 'x', goals: [''] }])('refuses %o', (fields) => {
    expect(() => createPlan({ planId: 'claim_1', nowMs: 1, ...fields })).toThrow(InvalidInput);
  });

  test('refuses progress that is none', () => {
    expect(() => updatePlan(plan, { progress: 1.5, nowMs: 2 })).toThrow('plan.progress');
  });
});

describe('claimPage', () => {
  test('M-W05: a claim is a short page that tells what it is and where it comes from', () => {
    const [claim] = claimsOf();

    expect(claimPage(claim!)).toMatchObject({
      pageId: 'claim_2',
      pageType: 'claim',
      content: 'database is postgres',
      hint: '[decision] database is postgres',
      importance: 0.9,
      provenance: ['msg_1'],
      metadata: { kind: 'decision', subject: 'database', status: 'active', position: 2 },
    });
  });
});

function claimsOf() {
  const book = new ClaimBook();
  book.add(aDraft('database', 'postgres'), { claimId: 'claim_2', position: 2 });
  return book.all();
}
