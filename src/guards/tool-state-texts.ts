import type { JsonObject } from '../domain/json.ts';
import { saturationText } from './runaway-guard.ts';
import type { ToolState } from './tool-state.ts';

const DEFAULT_ITEMS = 10;
const ITEMS_WHEN_EXHAUSTED = 5;

/** What to show a model of the state of its tools. */
export class ToolStateTexts {
  readonly #state: ToolState;
  readonly #nowMs: () => number;

  constructor(state: ToolState, nowMs: () => number) {
    this.#state = state;
    this.#nowMs = nowMs;
  }

  /** Named values, then named numbers and results; empty when there are none. */
  state(maxItems: number = DEFAULT_ITEMS): string {
    const blocks = [this.#state.bindings.formatForModel(), this.#state.cache.formatState(maxItems)];
    return blocks.filter((text) => text !== '').join('\n\n');
  }

  /** The budgets in one line. */
  budget(): string {
    const { discovery, execution, total } = this.#state.budget.status();
    return `Discovery: ${discovery.used}/${discovery.limit} | Execution: ${execution.used}/${execution.limit} | Total: ${total.used}/${total.limit}`;
  }

  /** What to tell a model whose budget for discovery is used up. */
  discoveryExhausted(): string {
    return this.#exhausted('DISCOVERY BUDGET EXHAUSTED', 'discovery');
  }

  /** What to tell a model whose budget for the work is used up. */
  executionExhausted(): string {
    return this.#exhausted('EXECUTION BUDGET EXHAUSTED', 'execution');
  }

  /** What to tell a model whose budget of calls is used up. */
  budgetExhausted(): string {
    return this.#exhausted('TOOL BUDGET EXHAUSTED', 'total');
  }

  /** What to tell a model whose numbers have reached the precision of the machine. */
  saturation(lastValue: number): string {
    return this.#withState('NUMERIC SATURATION', saturationText(lastValue));
  }

  /** Asks a model to use what was computed; empty when all was used. */
  unused(): string {
    return this.#state.bindings.formatUnusedWarning();
  }

  /** Tells a model how often it called a tool. */
  toolLimit(toolName: string): string {
    return this.#state.perTool.warningText(toolName);
  }

  /** Tells a model that it asked for this already, and what came of it. */
  duplicate(toolName: string, argumentsOfCall: JsonObject): string {
    return this.#state.cache.formatDuplicateMessage(toolName, argumentsOfCall, this.#nowMs());
  }

  #exhausted(headline: string, kind: 'discovery' | 'execution' | 'total'): string {
    return this.#withState(headline, this.#state.budget.exhaustedText(kind));
  }

  #withState(headline: string, text: string): string {
    const state = this.state(ITEMS_WHEN_EXHAUSTED);
    return [`**${headline}**`, text, ...(state === '' ? [] : [state])].join('\n\n');
  }
}
