import { z } from 'zod';
import type { ArgumentSchema } from '../domain/argument-schema.ts';
import { withFieldNames } from '../domain/field-name.ts';
import { parseInput } from '../domain/parse.ts';
import type { BindingLimits } from './binding-manager.ts';
import type { Guard } from './guard-result.ts';
import type { ResultCacheOptions } from './result-cache.ts';
import { changeLimits, MODE_LIMITS, parseRuntimeMode } from './runtime-limits.ts';
import type { RuntimeLimits, RuntimeMode } from './runtime-limits.ts';
import type { RunawayOptions } from './runaway-guard.ts';
import { DEFAULT_SETTINGS } from './tool-state.ts';
import type { ToolStateSettings } from './tool-state.ts';
import type { ToolStateEvent } from './tool-state-event.ts';
import { TOOL_EFFECTS, type ToolClassifierOptions } from './tool-traits.ts';

/** How the tools of a conversation are guarded. */
export interface ToolStateOptions {
  /** Where the limits start from. Default `default`. */
  readonly mode?: RuntimeMode | undefined;
  /** Limits in the place of the mode's. */
  readonly limits?: Partial<RuntimeLimits> | undefined;
  /** Limits of calls by the name of a tool, in the place of `perToolCap`; 0 for none. */
  readonly toolLimits?: Readonly<Record<string, number>> | undefined;
  /** What the arguments of tools have to be, by the name of the tool: JSON Schemas, or schemas such as zod's. */
  readonly schemas?: Readonly<Record<string, ArgumentSchema>> | undefined;
  /** What is known of the service's tools. */
  readonly tools?: ToolClassifierOptions | undefined;
  /** Guards of the service's own, asked after all others. */
  readonly guards?: Readonly<Record<string, Guard>> | undefined;
  readonly runaway?: RunawayOptions | undefined;
  readonly bindings?: BindingLimits | undefined;
  readonly cache?: ResultCacheOptions | undefined;
  /** Whether calls that must not run are errors. Default false: verdicts are data. */
  readonly isEnforcing?: boolean | undefined;
  /** Told of all that is noted, for whoever keeps the events. */
  readonly onEvent?: ((event: ToolStateEvent) => void) | undefined;
}

const functionSchema = z.custom<(...given: never) => never>(
  (value) => typeof value === 'function',
  'a function',
);
const boundSchema = z
  .custom<number>((value) => typeof value === 'number' && value >= 0, 'a number from 0')
  .optional();
const guardSchema = z.custom<Guard>(
  (value) => typeof value === 'object' && value !== null && isMethod(value, 'check'),
  'a guard, with a method check',
);
const traitsSchema = z.strictObject({
  isDiscovery: z.boolean().optional(),
  effect: z.enum(TOOL_EFFECTS).optional(),
  isParameterised: z.boolean().optional(),
  isCacheable: z.boolean().optional(),
  isPolled: z.boolean().optional(),
  isExempt: z.boolean().optional(),
  isUnbudgeted: z.boolean().optional(),
});
const recordSchema = z.record(z.string(), z.unknown()).optional();

const optionsSchema = z.strictObject({
  mode: z.string().optional(),
  limits: recordSchema,
  toolLimits: recordSchema,
  schemas: recordSchema,
  tools: z
    .strictObject({
      tools: recordSchema,
      patterns: z.array(z.strictObject({ pattern: z.string(), traits: traitsSchema })).optional(),
      classify: functionSchema.optional(),
    })
    .optional(),
  guards: recordSchema,
  runaway: z
    .strictObject({
      repeatThreshold: boundSchema,
      saturationThreshold: boundSchema,
      failureThreshold: boundSchema,
    })
    .optional(),
  bindings: z
    .strictObject({ maxBindings: boundSchema, maxValueLength: boundSchema, maxLines: boundSchema })
    .optional(),
  cache: z
    .strictObject({
      maxEntries: boundSchema,
      maxLength: boundSchema,
      ttlMs: boundSchema,
      maxVariables: boundSchema,
    })
    .optional(),
  isEnforcing: z.boolean().optional(),
  onEvent: functionSchema.optional(),
});

/**
 * The options in the form in which the state takes them; `name` is what their own place is called.
 * @throws INVALID_INPUT naming the option, also one that does not exist.
 */
export function parseToolStateOptions(
  options: ToolStateOptions,
  name: string = 'options',
): {
  readonly settings: ToolStateSettings;
  readonly classifier: ToolClassifierOptions;
} {
  parseInput(optionsSchema, options, name);
  const { toolLimits = {}, runaway = {}, bindings = {}, cache = {} } = options;
  const { schemas = {}, tools = {}, guards = {} } = options;
  assertEach(boundSchema, toolLimits, `${name}.toolLimits`);
  assertEach(guardSchema, guards, `${name}.guards`);
  assertEach(traitsSchema, tools.tools ?? {}, `${name}.tools.tools`);
  const limits = withFieldNames(
    (field) => `${name}.${field}`,
    () => {
      const mode = MODE_LIMITS[parseRuntimeMode(options.mode ?? 'default')];
      return changeLimits(mode, options.limits ?? {});
    },
  );
  const settings = { ...DEFAULT_SETTINGS, limits, toolLimits, schemas, runaway, bindings, cache };
  return { settings, classifier: tools };
}

/** By the names of tools and guards: they are the service's own, and its author has to see which one it is. */
function assertEach(schema: z.ZodType, entries: object, field: string): void {
  for (const [name, value] of Object.entries(entries)) {
    parseInput(schema, value, `${field}.${name}`);
  }
}

function isMethod(value: object, name: string): boolean {
  return typeof Reflect.get(value, name) === 'function';
}
