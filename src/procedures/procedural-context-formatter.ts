import { z } from 'zod';
import { assertObjects, assertText } from '../domain/argument.ts';
import { parseInput } from '../domain/parse.ts';
import { percentOf } from '../domain/percent.ts';
import { compactDelta, longText, shortText } from './argument-delta.ts';
import type { ArgumentDelta } from './argument-delta.ts';
import { escapeMarkup } from './escape-markup.ts';
import { goalsMatch } from './goal-match.ts';
import type { ToolLogEntry } from './tool-log-entry.ts';
import { hasFailed, mark } from './tool-log-entry.ts';
import { shorten } from './result-summary.ts';
import type { ToolMemoryManager } from './tool-memory-manager.ts';
import { successRate } from './tool-pattern.ts';
import type { ErrorPattern, SuccessPattern, ToolPattern } from './tool-pattern.ts';
import { summaryLines } from './summary-lines.ts';

/** How much of a memory is shown; limits of 0 show nothing of their kind. */
export interface ProceduralFormatOptions {
  /** Default 3. */
  readonly maxRecentCalls?: number | undefined;
  /** Default 3. */
  readonly maxErrorPatterns?: number | undefined;
  /** Default 3. */
  readonly maxSuccessPatterns?: number | undefined;
  /** Default false. */
  readonly includeArguments?: boolean | undefined;
  /** Default false. */
  readonly includeTiming?: boolean | undefined;
  /** Default true. */
  readonly showFixRelations?: boolean | undefined;
  /** Whether the success rate is left out. Default false. */
  readonly compact?: boolean | undefined;
  /** Tokens of the whole text at most; tools named last are left out first. Default 2,000. */
  readonly maxTokens?: number | undefined;
}

/** Counts the tokens of a text. */
export type CountTextTokens = (text: string) => number;

type Settings = {
  readonly [Name in keyof ProceduralFormatOptions]-?: NonNullable<ProceduralFormatOptions[Name]>;
};

const DEFAULTS: Settings = {
  maxRecentCalls: 3,
  maxErrorPatterns: 3,
  maxSuccessPatterns: 3,
  includeArguments: false,
  includeTiming: false,
  showFixRelations: true,
  compact: false,
  maxTokens: 2_000,
};
const countSchema = z.custom<number>(
  (value) => Number.isSafeInteger(value) && Number(value) >= 0,
  'a whole number from 0',
);
const optionsSchema = z.strictObject({
  maxRecentCalls: countSchema.optional(),
  maxErrorPatterns: countSchema.optional(),
  maxSuccessPatterns: countSchema.optional(),
  includeArguments: z.boolean().optional(),
  includeTiming: z.boolean().optional(),
  showFixRelations: z.boolean().optional(),
  compact: z.boolean().optional(),
  maxTokens: countSchema.optional(),
});
const MEMORY_METHODS = ['getPattern', 'getPatterns', 'findCalls', 'recentCalls', 'stats'] as const;
const memorySchema = z.custom<ToolMemoryManager>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    MEMORY_METHODS.every((name) => typeof Reflect.get(value, name) === 'function'),
  'a ToolMemoryManager',
);
const SHOWN_ARGUMENTS = 3;
const PATTERN_PARTS = {
  toolName: 'a string',
  errorPatterns: 'a list',
  successPatterns: 'a list',
} as const;
const SHOWN_FIXES = 3;
const SHOWN_TOOLS = 5;

/** Writes what was learnt of tools for the context of a model; nothing that a tool or a user wrote can end its tags. */
export class ProceduralContextFormatter {
  readonly #settings: Settings;
  readonly #countTokens: CountTextTokens;

  /** @throws INVALID_INPUT naming the option. */
  constructor(options: ProceduralFormatOptions, countTokens: CountTextTokens) {
    this.#settings = toSettings(options);
    this.#countTokens = countTokens;
  }

  /**
   * What the calls of tools have in common, as far as there is room; empty when nothing is known.
   * @throws INVALID_INPUT
   */
  format(patterns: readonly ToolPattern[]): string {
    assertObjects(patterns, 'patterns', PATTERN_PARTS);
    const sections = patterns.map((pattern) =>
      this.#section(pattern.toolName, [], this.#patternLines(pattern)),
    );
    return this.#wrap(sections);
  }

  /**
   * What is known of some tools, for a goal if one is given; empty when nothing is known.
   * @throws INVALID_INPUT naming the argument.
   */
  formatForTools(
    memory: ToolMemoryManager,
    toolNames: readonly string[],
    contextGoal?: string,
  ): string {
    parseInput(memorySchema, memory, 'memory');
    parseInput(z.array(z.string()), toolNames, 'toolNames');
    parseInput(z.string().optional(), contextGoal, 'contextGoal');
    return this.#wrap(toolNames.map((name) => this.#toolSection(memory, name, contextGoal)));
  }

  /**
   * All tools in a few lines, those with most calls first.
   * @throws INVALID_INPUT naming the argument.
   */
  formatFullSummary(memory: ToolMemoryManager, maxTools: number = SHOWN_TOOLS): string {
    parseInput(memorySchema, memory, 'memory');
    parseInput(countSchema, maxTools, 'maxTools');
    const lines = summaryLines(memory, maxTools);
    return this.#fit(['<procedural_memory_summary>', ...lines], '</procedural_memory_summary>');
  }

  /**
   * What is known of a kind of failure of a tool, and of what put it right.
   * @throws INVALID_INPUT naming the argument.
   */
  formatErrorGuidance(memory: ToolMemoryManager, toolName: string, errorType: string): string {
    parseInput(memorySchema, memory, 'memory');
    assertText(toolName, 'toolName');
    assertText(errorType, 'errorType');
    const fix = memory.getFixForError(toolName, errorType);
    const fixed = memory.findCalls({ toolName, errorType, onlyFixed: true, limit: SHOWN_FIXES });
    const lines = [
      ...(fix === null ? [] : [`Known fix: ${escapeMarkup(compactDelta(fix))}`]),
      ...fixed.map((entry) => pastFix(memory, entry)),
    ];
    const shown = lines.length === 0 ? ['Nothing is known about this error yet.'] : lines;
    const head = `<error_guidance tool="${escapeMarkup(toolName)}" error="${escapeMarkup(errorType)}">`;
    return this.#fit([head, ...shown], '</error_guidance>');
  }

  /**
   * Arguments with which a goal was reached; null when nothing is known.
   * @throws INVALID_INPUT naming the argument.
   */
  formatSuccessTemplate(memory: ToolMemoryManager, toolName: string, goal: string): string | null {
    parseInput(memorySchema, memory, 'memory');
    assertText(toolName, 'toolName');
    assertText(goal, 'goal');
    const hints = Object.entries(memory.getSuccessfulArgumentsFor(toolName, goal) ?? {});
    if (hints.length === 0) return null;
    const lines = hints.map(([name, value]) => escapeMarkup(`${name}: ${longText(value)}`));
    const head = `<success_template tool="${escapeMarkup(toolName)}" goal="${escapeMarkup(goal)}">`;
    return this.#fit([head, ...lines], '</success_template>');
  }

  #toolSection(
    memory: ToolMemoryManager,
    toolName: string,
    goal: string | undefined,
  ): readonly string[] {
    const pattern = memory.getPattern(toolName);
    const limit = this.#settings.maxRecentCalls;
    const calls = memory.recentCalls({ toolName, limit }).map((entry) => this.#callLine(entry));
    const patterns = pattern === null ? [] : this.#patternLines(pattern, goal);
    return calls.length === 0 && pattern === null ? [] : this.#section(toolName, calls, patterns);
  }

  #section(
    toolName: string,
    calls: readonly string[],
    patterns: readonly string[],
  ): readonly string[] {
    const recent = calls.length === 0 ? [] : ['<recent_calls>', ...calls, '</recent_calls>'];
    const gap = recent.length > 0 && patterns.length > 0 ? [''] : [];
    return [
      `<tool_memory name="${escapeMarkup(toolName)}">`,
      ...recent,
      ...gap,
      ...patterns,
      '</tool_memory>',
    ];
  }

  #callLine(entry: ToolLogEntry): string {
    const { includeArguments, includeTiming } = this.#settings;
    const note = this.#settings.showFixRelations ? fixNote(entry) : '';
    const args = Object.entries(entry.arguments);
    const shown = args
      .slice(0, SHOWN_ARGUMENTS)
      .map(([name, value]) => `${name}=${shortText(value)}`);
    const more = args.length > SHOWN_ARGUMENTS ? [`...+${args.length - SHOWN_ARGUMENTS}`] : [];
    const argumentLine =
      includeArguments && args.length > 0 ? `\n    args: ${[...shown, ...more].join(', ')}` : '';
    const timing =
      includeTiming && entry.executionTimeMs !== null
        ? ` [${Math.round(entry.executionTimeMs)}ms]`
        : '';
    return `  ${escapeMarkup(`${mark(entry)} ${outcomeText(entry)}${note}${argumentLine}`)}${timing}`;
  }

  #patternLines(pattern: ToolPattern, goal?: string): readonly string[] {
    const { maxErrorPatterns, maxSuccessPatterns, compact } = this.#settings;
    const relevant = pattern.successPatterns.filter((known) => isRelevant(known, goal));
    if (pattern.errorPatterns.length === 0 && relevant.length === 0) return [];
    const errors = lastOf(pattern.errorPatterns, maxErrorPatterns).map(errorLine);
    const hints = lastOf(relevant, maxSuccessPatterns).flatMap(hintLines);
    const rate = `  success_rate: ${percentOf(successRate(pattern))} (${pattern.totalCalls} calls)`;
    return [
      '<patterns>',
      ...(compact ? [] : [rate]),
      ...(errors.length === 0 ? [] : ['  <common_errors>', ...errors, '  </common_errors>']),
      ...(hints.length === 0 ? [] : ['  <success_hints>', ...hints, '  </success_hints>']),
      '</patterns>',
    ];
  }

  /** Sections as far as they fit, whole ones. */
  #wrap(sections: readonly (readonly string[])[]): string {
    const texts = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
    while (texts.length > 0) {
      const text = `<procedural_memory>\n${texts.join('\n\n')}\n</procedural_memory>`;
      if (this.#countTokens(text) <= this.#settings.maxTokens) return text;
      texts.pop();
    }
    return '';
  }

  /** Lines as far as they fit, with the closing tag; empty when not even one does. */
  #fit(lines: readonly string[], end: string): string {
    for (let count = lines.length; count > 1; count -= 1) {
      const text = [...lines.slice(0, count), end].join('\n');
      if (this.#countTokens(text) <= this.#settings.maxTokens) return text;
    }
    return '';
  }
}

function fixNote({ deltaArguments, fixedBy }: ToolLogEntry): string {
  if (deltaArguments !== null) return ` (fixed earlier failure: ${compactDelta(deltaArguments)})`;
  return fixedBy === null ? '' : ` (fixed by ${fixedBy})`;
}

function isRelevant(
  { goalMatch, deltaThatFixed }: SuccessPattern,
  goal: string | undefined,
): boolean {
  if (goal === undefined || goalMatch === null || deltaThatFixed !== null) return true;
  return goalsMatch(goalMatch, goal);
}

function errorLine({ errorType, count, typicalFix }: ErrorPattern): string {
  const times = count > 1 ? ` (x${count})` : '';
  const fix = typicalFix === null ? '' : ` -> fix: ${typicalFix}`;
  return `    - ${escapeMarkup(`${errorType}${times}${fix}`)}`;
}

function hintLines({ deltaThatFixed, argumentHints }: SuccessPattern): readonly string[] {
  const text = deltaThatFixed === null ? hintText(argumentHints) : compactDelta(deltaThatFixed);
  return text === '' ? [] : [`    - ${escapeMarkup(text)}`];
}

function hintText(hints: SuccessPattern['argumentHints']): string {
  return Object.entries(hints)
    .map(([name, value]) => `${name}=${longText(value)}`)
    .join(', ');
}

function pastFix(memory: ToolMemoryManager, entry: ToolLogEntry): string {
  const fix = entry.fixedBy === null ? null : memory.getCall(entry.fixedBy);
  const delta: ArgumentDelta | null =
    memory.fixRelations().find(({ failedCallId }) => failedCallId === entry.id)?.deltaArguments ??
    fix?.deltaArguments ??
    null;
  const change = delta === null ? '' : `: ${escapeMarkup(compactDelta(delta))}`;
  return `${entry.id} -> ${entry.fixedBy ?? ''}${change}`;
}

function lastOf<Item>(items: readonly Item[], count: number): readonly Item[] {
  return count <= 0 ? [] : items.slice(-count);
}

function toSettings(options: ProceduralFormatOptions): Settings {
  const parsed = parseInput(optionsSchema, options, 'options');
  const given = Object.entries(parsed).filter(([, value]) => value !== undefined);
  return { ...DEFAULTS, ...Object.fromEntries(given) };
}

/** What a call came to: of one that failed without a result, the error. */
function outcomeText(entry: ToolLogEntry): string {
  const { resultType, errorMessage, errorType, resultSummary } = entry;
  if (!hasFailed(entry) || resultType !== 'null') return resultSummary;
  return shorten(errorMessage ?? errorType ?? resultSummary);
}
