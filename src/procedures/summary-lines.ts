import { percentOf } from '../domain/percent.ts';
import { escapeMarkup } from './escape-markup.ts';
import type { ToolMemoryManager } from './tool-memory-manager.ts';
import { successRate } from './tool-pattern.ts';
import type { ToolPattern } from './tool-pattern.ts';

/** Totals of a memory, then its tools, those with most calls first. */
export function summaryLines(memory: ToolMemoryManager, maxTools: number): readonly string[] {
  const { totalCalls, successRate: rate, totalFixesDetected } = memory.stats();
  const totals = `Total: ${totalCalls} calls, ${percentOf(rate)} success, ${totalFixesDetected} fixes`;
  const patterns = memory
    .getPatterns()
    .toSorted((left, right) => right.totalCalls - left.totalCalls);
  const shown = patterns.slice(0, maxTools).flatMap(toolLines);
  return shown.length === 0 ? [totals] : [totals, '', 'Tools:', ...shown];
}

/** The latest kind of failure is the last one, since each moves to the end when it comes again. */
function toolLines(pattern: ToolPattern): readonly string[] {
  const line = `  ${pattern.toolName}: ${pattern.totalCalls} calls, ${percentOf(successRate(pattern))} success`;
  const error = pattern.errorPatterns.at(-1);
  return error === undefined
    ? [escapeMarkup(line)]
    : [escapeMarkup(line), escapeMarkup(`    last error: ${error.errorType}`)];
}
