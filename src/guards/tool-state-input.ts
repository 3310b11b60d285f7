import { z } from 'zod';
import { parseCallArguments } from '../domain/call-arguments.ts';
import type { JsonObject, JsonValue } from '../domain/json.ts';
import { parseInput } from '../domain/parse.ts';
import type { JudgedCall } from './guard-report.ts';
import type { CachedToolResult, NamedVariable } from './result-cache.ts';
import { limitsSchema } from './runtime-limits.ts';
import type { FinishedCall } from './finished-call.ts';
import type { ToolStateSnapshot } from './tool-state.ts';
import { VALUE_TYPES, type ValueBinding } from './value-binding.ts';

type EndedCall = Partial<FinishedCall> & Pick<FinishedCall, 'toolName'>;

const toolNameSchema = z.string().min(1);

const finishedCallSchema = z.strictObject({
  toolName: toolNameSchema,
  arguments: z.unknown().optional(),
  result: z.unknown().optional(),
  hasFailed: z.boolean().optional(),
  isBound: z.boolean().optional(),
  aliases: z.array(z.string()).optional(),
  writesBefore: z.int().nonnegative().optional(),
});

const numberSchema = z.custom<number>((value) => typeof value === 'number', 'a number');
const valueSchema = z.custom<JsonValue>((value) => value !== undefined, 'a JSON value');
const argumentsSchema = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'an object',
);

const bindingSchema: z.ZodType<ValueBinding> = z.object({
  id: z.string().regex(/^v[1-9]\d{0,15}$/, 'an id such as v1'),
  toolName: z.string(),
  argumentsHash: z.string(),
  value: valueSchema,
  valueType: z.enum(VALUE_TYPES),
  createdAtMs: numberSchema,
  aliases: z.array(z.string()),
  isUsed: z.boolean(),
  usedIn: z.array(z.string()),
});

const cachedSchema: z.ZodType<CachedToolResult> = z.object({
  toolName: z.string(),
  arguments: argumentsSchema,
  result: valueSchema,
  storedAtMs: numberSchema,
  callCount: numberSchema,
});

const variableSchema: z.ZodType<NamedVariable> = z.object({
  name: z.string(),
  value: numberSchema,
  units: z.string().nullable(),
  sourceTool: z.string().nullable(),
  sourceArguments: argumentsSchema.nullable(),
});

const repeatsSchema = z.array(
  z.tuple([z.string(), z.object({ digest: z.string(), count: numberSchema })]),
);

const snapshotSchema: z.ZodType<ToolStateSnapshot> = z.object({
  version: z.literal(1),
  limits: limitsSchema.required(),
  bindings: z.object({ nextNumber: numberSchema, bindings: z.array(bindingSchema) }),
  cache: z.object({
    entries: z.array(cachedSchema),
    variables: z.array(variableSchema),
    duplicateCalls: numberSchema,
  }),
  seenNumbers: z.array(numberSchema),
  userNumbers: z.array(numberSchema).optional(),
  budget: z.object({ discovery: numberSchema, execution: numberSchema }),
  discoveredTools: z.array(z.string()),
  perTool: z.record(z.string(), numberSchema),
  runaway: z.object({
    repeats: repeatsSchema,
    numbers: z.array(z.tuple([z.string(), z.array(numberSchema)])),
    failures: repeatsSchema,
    latestSeries: z.string().nullable(),
  }),
  ungroundedCount: numberSchema,
  firstOfPrompt: numberSchema,
  writeCount: numberSchema.optional(),
});

/**
 * The name of a tool.
 * @throws INVALID_INPUT
 */
export function parseToolName(toolName: unknown): string {
  // To ask the schema takes longer than most guards do.
  if (typeof toolName === 'string' && toolName !== '') return toolName;
  return parseInput(toolNameSchema, toolName, 'toolName');
}

/**
 * A call as guards take it; its arguments may come as JSON text.
 * @throws INVALID_INPUT naming what is wrong.
 */
export function parseCall(toolName: unknown, argumentsOfCall: unknown): JudgedCall {
  return {
    toolName: parseToolName(toolName),
    arguments: parseCallArguments(argumentsOfCall, 'arguments'),
  };
}

/**
 * A call that ended, its arguments and result as they came.
 * @throws INVALID_INPUT naming the field, also one that does not exist.
 */
export function parseFinishedCall(call: unknown): EndedCall {
  return parseInput(finishedCallSchema, call, 'call');
}

/**
 * What a state gave of itself.
 * @throws INVALID_INPUT naming the field.
 */
export function parseSnapshot(snapshot: unknown): ToolStateSnapshot {
  return parseInput(snapshotSchema, snapshot, 'snapshot');
}
