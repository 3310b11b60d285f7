import { z } from 'zod';
import { parseInput } from './parse.ts';

/** Where a plan stands. */
export const PLAN_STATUSES = ['active', 'completed', 'abandoned'] as const;
/** One of {@link PLAN_STATUSES}. */
export type PlanStatus = (typeof PLAN_STATUSES)[number];

/** What a session is working towards. */
export interface Plan {
  /** The id of its page. */
  readonly planId: string;
  readonly title: string;
  readonly status: PlanStatus;
  readonly goals: readonly string[];
  readonly decisions: readonly string[];
  /** From 0 to 1. */
  readonly progress: number;
  /** Ids of the pages it was made from. */
  readonly provenance: readonly string[];
  /** Milliseconds since 1970, UTC. */
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

const line = z.string().trim().min(1).max(500);
const lines = z.array(line).max(50);
const share = z.number().min(0).max(1);

const planSchema: z.ZodType<Plan> = z.strictObject({
  planId: z.string().min(1),
  title: line,
  status: z.enum(PLAN_STATUSES),
  goals: lines,
  decisions: lines,
  progress: share,
  provenance: z.array(z.string()),
  createdAtMs: z.number(),
  updatedAtMs: z.number(),
});

/**
 * A plan from what somebody gave or what was stored.
 * @throws INVALID_INPUT naming the field.
 */
export function parsePlan(plan: unknown): Plan {
  return parseInput(planSchema, plan, 'plan');
}
