import { z } from 'zod';
import { InvalidInput } from '../domain/errors.ts';
import { parseInput } from '../domain/parse.ts';
import { parseToolStateOptions, type ToolStateOptions } from '../guards/tool-state-options.ts';
import { ToolRunner } from '../runtime/tool-runner.ts';
import { ToolRunner as AnyToolRunner } from '../tools/tool-runner.ts';
import type { ToolRunnerOptions } from '../tools/tool-runner.ts';
import type { ToolArtifacts } from './long-value.ts';
import { traitsOf } from './memory-call.ts';
import { SessionManager } from './session-manager.ts';

/** How the tools of a session are run. */
export interface ToolProcessorOptions extends ToolRunnerOptions {
  /** A runner that sessions share, in the place of `tools`, `execute` and `defaults`. */
  readonly runner?: AnyToolRunner | undefined;
  /** How calls are guarded. */
  readonly guards?: ToolStateOptions | undefined;
  /**
   * Whether failed and refused calls are answered with what put such failures right before, in this session. Default true. Or a
   * session in which what is learnt is kept, such as one of the user or of the tenant: all that name it learn together, and
   * forget when it is erased.
   */
  readonly procedures?: boolean | SessionManager | undefined;
  /** Whether results of tools that allow it are reused. Default true. */
  readonly enableCaching?: boolean | undefined;
  /** Calls of one answer that run at once. Default 8. */
  readonly maxParallel?: number | undefined;
  /** Characters of a result's text, beyond which it is kept elsewhere and a reference is recorded. Default 32,768. */
  readonly maxResultLength?: number | undefined;
  /** Where long results go. Default: pages of the session's memory, which a model can load. */
  readonly artifacts?: ToolArtifacts | undefined;
}

/** Options with everything known. */
export interface ParsedProcessorOptions {
  readonly runner: AnyToolRunner;
  readonly guards: ToolStateOptions;
  /** Null for none. */
  readonly procedures: true | SessionManager | null;
  readonly isCaching: boolean;
  readonly maxParallel: number;
  readonly maxResultLength: number;
  readonly artifacts: ToolArtifacts | null;
}

const DEFAULT_PARALLEL = 8;
const DEFAULT_LENGTH = 32_768;
/** A reference and its preview have to fit. */
const LEAST_LENGTH = 2_048;

const optionsSchema = z.strictObject({
  tools: z.unknown().optional(),
  execute: z.unknown().optional(),
  defaults: z.unknown().optional(),
  runner: z
    .custom<AnyToolRunner>((value) => value instanceof AnyToolRunner, 'a ToolRunner')
    .optional(),
  guards: z.custom<ToolStateOptions>((value) => isObject(value), 'an object').optional(),
  procedures: z
    .custom<boolean | SessionManager>(
      (value) => typeof value === 'boolean' || value instanceof SessionManager,
      'a boolean, or a session',
    )
    .optional(),
  enableCaching: z.boolean().optional(),
  maxParallel: z.int().min(1).max(1_000).optional(),
  maxResultLength: z.int().min(LEAST_LENGTH).max(500_000).optional(),
  artifacts: z
    .custom<ToolArtifacts>(
      (value) => isObject(value) && typeof Reflect.get(value, 'put') === 'function',
      'an artifact store',
    )
    .optional(),
});

/**
 * The options with defaults in the place of what is not given.
 * @throws INVALID_INPUT naming the option, also one that does not exist.
 */
export function parseProcessorOptions(options: ToolProcessorOptions): ParsedProcessorOptions {
  const parsed = parseInput(optionsSchema, options, 'options');
  // Those of the runner are laid over them later, and who reads the error wrote these.
  parseToolStateOptions(parsed.guards ?? {}, 'options.guards');
  const { tools, execute, defaults } = options;
  if (parsed.runner !== undefined) assertNone({ tools, execute, defaults });
  const runner = parsed.runner ?? new ToolRunner({ tools, execute, defaults });
  return {
    runner,
    guards: guardsFor(runner, parsed.guards ?? {}),
    procedures: parsed.procedures === false ? null : (parsed.procedures ?? true),
    isCaching: parsed.enableCaching ?? true,
    maxParallel: parsed.maxParallel ?? DEFAULT_PARALLEL,
    maxResultLength: parsed.maxResultLength ?? DEFAULT_LENGTH,
    artifacts: parsed.artifacts ?? null,
  };
}

/** What would silently change nothing. */
function assertNone(beside: Pick<ToolProcessorOptions, 'tools' | 'execute' | 'defaults'>): void {
  for (const [name, value] of Object.entries(beside)) {
    if (value === undefined) continue;
    const expected = 'nothing beside `options.runner`, which has its own';
    throw new InvalidInput({ field: `options.${name}`, expected });
  }
}

/** Guards that know what the definitions of tools say; what the service says of them comes first. */
function guardsFor(runner: AnyToolRunner, guards: ToolStateOptions): ToolStateOptions {
  const { classify } = guards.tools ?? {};
  return {
    ...guards,
    schemas: { ...runner.schemas(), ...guards.schemas },
    tools: {
      ...guards.tools,
      classify: (toolName) => ({ ...traitsOf(runner, toolName), ...classify?.(toolName) }),
    },
  };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
