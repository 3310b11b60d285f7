import { InvalidInput } from '../../domain/errors.ts';
import type { MemoryPage } from '../../domain/memory-page.ts';
import { parsePlan, type Plan } from '../../domain/plan.ts';
import { textPage } from './text-page.ts';

/** What a plan begins with. */
export interface NewPlan extends Pick<Plan, 'planId' | 'title'> {
  readonly goals?: readonly string[] | undefined;
  readonly provenance?: readonly string[] | undefined;
  readonly nowMs: number;
}

/** What changes in a plan; lists are added to what is there. */
export interface PlanChange {
  readonly goals?: readonly string[] | undefined;
  readonly decisions?: readonly string[] | undefined;
  readonly progress?: number | undefined;
  readonly provenance?: readonly string[] | undefined;
  readonly nowMs: number;
}

const ACTIVE_IMPORTANCE = 0.99;
const ENDED_IMPORTANCE = 0.5;
const METADATA_KEY = 'plan';

/**
 * A plan that has just been made.
 * @throws INVALID_INPUT naming the field.
 */
export function createPlan({ planId, title, goals, provenance, nowMs }: NewPlan): Plan {
  return parsePlan({
    planId,
    title,
    status: 'active',
    goals: goals ?? [],
    decisions: [],
    progress: 0,
    provenance: provenance ?? [],
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
  });
}

/**
 * The plan with a change; what is in a list already is not added again.
 * @throws INVALID_INPUT naming the field, also when the plan has ended.
 */
export function updatePlan(plan: Plan, change: PlanChange): Plan {
  assertActive(plan);
  return parsePlan({
    ...plan,
    goals: joined(plan.goals, change.goals),
    decisions: joined(plan.decisions, change.decisions),
    provenance: joined(plan.provenance, change.provenance),
    progress: change.progress ?? plan.progress,
    updatedAtMs: change.nowMs,
  });
}

/**
 * The plan, carried out.
 * @throws INVALID_INPUT when it has ended before.
 */
export function completePlan(plan: Plan, nowMs: number): Plan {
  assertActive(plan);
  return { ...plan, status: 'completed', progress: 1, updatedAtMs: nowMs };
}

/**
 * The plan, given up.
 * @throws INVALID_INPUT when it has ended before.
 */
export function abandonPlan(plan: Plan, nowMs: number): Plan {
  assertActive(plan);
  return { ...plan, status: 'abandoned', updatedAtMs: nowMs };
}

/** Whether the page of a plan is to be pinned: while somebody works on it. */
export function isPlanPinned({ status }: Plan): boolean {
  return status === 'active';
}

/** The page that shows a plan to a model. */
export function planPage(plan: Plan): MemoryPage {
  const text = planText(plan);
  return textPage({
    pageId: plan.planId,
    text,
    role: null,
    hint: `[plan] ${plan.title} (${plan.status})`,
    importance: plan.status === 'active' ? ACTIVE_IMPORTANCE : ENDED_IMPORTANCE,
    provenance: plan.provenance,
    createdAtMs: plan.createdAtMs,
    metadata: { [METADATA_KEY]: { ...plan } },
  });
}

/**
 * The plan that a page shows; null when it shows none.
 * @throws INVALID_INPUT when the page holds something else in place of a plan.
 */
export function planOf(page: MemoryPage): Plan | null {
  const plan = page.metadata[METADATA_KEY];
  return plan === undefined ? null : parsePlan(plan);
}

function assertActive({ status }: Plan): void {
  if (status === 'active') return;
  throw new InvalidInput({ field: 'plan.status', expected: `'active', and the plan is ${status}` });
}

function joined(known: readonly string[], added: readonly string[] | undefined): readonly string[] {
  return [...new Set([...known, ...(added ?? [])])];
}

function planText({ title, status, progress, goals, decisions }: Plan): string {
  const state = status === 'active' ? `active, ${Math.floor(progress * 100)} % done` : status;
  return [
    `Plan (${state}): ${title}`,
    ...goals.map((goal) => `Goal: ${goal}`),
    ...decisions.map((decision) => `Decided: ${decision}`),
  ].join('\n');
}
