import type { ArgumentSchema } from '../domain/argument-schema.ts';
import { InvalidInput } from '../domain/errors.ts';
import type { BindingLimits } from './binding-manager.ts';
import type { Guard } from './guard-result.ts';
import type { ResultCacheOptions } from './result-cache.ts';
import { changeLimits, MODE_LIMITS, parseRuntimeMode } from './runtime-limits.ts';
import type { RuntimeLimits, RuntimeMode } from './runtime-limits.ts';
import type { RunawayOptions } from './runaway-guard.ts';
import { DEFAULT_SETTINGS } from './tool-state.ts';
import type { ToolStateSettings } from './tool-state.ts';
import type { ToolStateEvent } from './tool-state-event.ts';
import type { ToolClassifierOptions } from './tool-traits.ts';

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

const NAMES: Readonly<Record<keyof ToolStateOptions, true>> = {
  mode: true,
  limits: true,
  toolLimits: true,
  schemas: true,
  tools: true,
  guards: true,
  runaway: true,
  bindings: true,
  cache: true,
  isEnforcing: true,
  onEvent: true,
};
const NUMBER_NAMES = {
  runaway: ['repeatThreshold', 'saturationThreshold', 'failureThreshold'],
  bindings: ['maxBindings', 'maxValueLength', 'maxLines'],
  cache: ['maxEntries', 'maxLength', 'ttlMs', 'maxVariables'],
} as const;

/**
 * The options in the form in which the state takes them.
 * @throws INVALID_INPUT naming the option, also one that does not exist.
 */
export function parseToolStateOptions(options: ToolStateOptions): {
  readonly settings: ToolStateSettings;
  readonly classifier: ToolClassifierOptions;
} {
  assertNames(options, Object.keys(NAMES), 'options');
  const { toolLimits = {}, runaway = {}, bindings = {}, cache = {} } = options;
  for (const [group, numbers] of Object.entries({ runaway, bindings, cache })) {
    assertNumbers(numbers, group);
  }
  assertNumberValues(toolLimits, 'options.toolLimits');
  const mode = MODE_LIMITS[parseRuntimeMode(options.mode ?? 'default')];
  const limits = changeLimits(mode, options.limits ?? {});
  const { schemas = {}, tools = {} } = options;
  const settings = { ...DEFAULT_SETTINGS, limits, toolLimits, schemas, runaway, bindings, cache };
  return { settings, classifier: tools };
}

function assertNumbers(numbers: object, group: string): void {
  const known = Object.entries(NUMBER_NAMES).find(([name]) => name === group)?.[1] ?? [];
  assertNames(numbers, known, `options.${group}`);
  assertNumberValues(numbers, `options.${group}`);
}

function assertNumberValues(numbers: object, field: string): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (value === undefined || (typeof value === 'number' && value >= 0)) continue;
    throw new InvalidInput({ field: `${field}.${name}`, expected: 'a number from 0' });
  }
}

function assertNames(value: object, names: readonly string[], field: string): void {
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const expected = `one of ${names.join(', ')}`;
  const message = `${field}: there is no such option; its name has to be ${expected}`;
  throw new InvalidInput({ field, expected, message });
}
