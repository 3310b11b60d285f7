import { ALLOWED, guardResult } from './guard-result.ts';
import type { Guard, GuardResult } from './guard-result.ts';
import type { RuntimeLimits } from './runtime-limits.ts';
import type { ToolClassifier } from './tool-traits.ts';

/** What was used of a budget. */
export interface BudgetBranch {
  readonly used: number;
  readonly limit: number;
}

/** What was used of all budgets. */
export interface BudgetStatus {
  readonly discovery: BudgetBranch;
  readonly execution: BudgetBranch;
  readonly total: BudgetBranch;
}

/** Calls that were counted. */
export interface BudgetCounts {
  readonly discovery: number;
  readonly execution: number;
}

/** The limits that a {@link BudgetGuard} holds calls to. */
export type BudgetLimits = Pick<
  RuntimeLimits,
  'discoveryBudget' | 'executionBudget' | 'toolBudgetTotal'
>;

type Kind = keyof BudgetStatus;

const SHOWN_TOOLS = 10;
const MAX_DISCOVERED = 500;
/** The share of the work's own budget that the search for tools leaves of the common one. */
const RESERVED_SHARE = 3;

/** Holds calls to a number between two messages of the user: for the search for tools, for all others, and in total. */
export class BudgetGuard implements Guard {
  readonly #classify: ToolClassifier;
  readonly #discovered = new Set<string>();
  #limits: BudgetLimits;
  #counts: BudgetCounts = { discovery: 0, execution: 0 };

  constructor(limits: BudgetLimits, classify: ToolClassifier) {
    this.#limits = limits;
    this.#classify = classify;
  }

  /** Says whether there is budget left for a call of the tool. */
  check(toolName: string): GuardResult {
    if (this.#classify(toolName).isUnbudgeted) return ALLOWED;
    const kind = this.#kindOf(toolName);
    const status = this.status();
    const full = this.#fullBudget(kind, status);
    if (full === null) return ALLOWED;
    const { used, limit } = status[full];
    const details = { budgetType: full, count: used, limit };
    return guardResult('block', this.#reasonFor(full, kind), { details });
  }

  /** Counts a call. */
  recordCall(toolName: string): void {
    this.#add(toolName, 1);
  }

  /** Takes back the count of a call that did not run after all. */
  releaseCall(toolName: string): void {
    this.#add(toolName, -1);
  }

  /** Other limits for the same counts. */
  setLimits(limits: BudgetLimits): void {
    this.#limits = limits;
  }

  /** What was used. */
  status(): BudgetStatus {
    const { discovery, execution } = this.#counts;
    const { discoveryBudget, executionBudget, toolBudgetTotal } = this.#limits;
    return {
      discovery: { used: discovery, limit: discoveryBudget },
      execution: { used: execution, limit: executionBudget },
      total: { used: discovery + execution, limit: toolBudgetTotal },
    };
  }

  /** Notes that a tool was found; the latest 500 are kept, also for the next prompts. */
  registerDiscoveredTool(name: string): void {
    this.#discovered.delete(name);
    this.#discovered.add(name);
    for (const oldest of this.#discovered) {
      if (this.#discovered.size <= MAX_DISCOVERED) return;
      this.#discovered.delete(oldest);
    }
  }

  /** The tools that were found, in alphabetical order. */
  discoveredTools(): readonly string[] {
    return [...this.#discovered].sort();
  }

  /** Whether a tool of this name was found. */
  isDiscovered(name: string): boolean {
    return this.#discovered.has(name);
  }

  /** Starts counting anew. */
  resetCounts(): void {
    this.#counts = { discovery: 0, execution: 0 };
  }

  /** Forgets the tools that were found, too. */
  clear(): void {
    this.resetCounts();
    this.#discovered.clear();
  }

  /** The counts, for {@link BudgetGuard.restore}. */
  counts(): BudgetCounts {
    return this.#counts;
  }

  /** Goes on from earlier counts and tools. */
  restore(counts: BudgetCounts, discovered: readonly string[]): void {
    this.#counts = counts;
    for (const name of discovered) this.registerDiscoveredTool(name);
  }

  /** What to tell a model whose budget of a kind is used up. */
  exhaustedText(kind: Kind): string {
    return this.#reasonFor(kind, kind === 'discovery' ? 'discovery' : 'execution');
  }

  #add(toolName: string, calls: number): void {
    if (this.#classify(toolName).isUnbudgeted) return;
    const { discovery, execution } = this.#counts;
    const isDiscovery = this.#kindOf(toolName) === 'discovery';
    this.#counts = {
      discovery: isDiscovery ? Math.max(0, discovery + calls) : discovery,
      execution: isDiscovery ? execution : Math.max(0, execution + calls),
    };
  }

  #kindOf(toolName: string): 'discovery' | 'execution' {
    return this.#classify(toolName).isDiscovery ? 'discovery' : 'execution';
  }

  #fullBudget(kind: 'discovery' | 'execution', status: BudgetStatus): Kind | null {
    if (isFull(status[kind])) return kind;
    if (isFull(status.total)) return 'total';
    if (kind === 'execution') return null;
    // Otherwise a model that only looks for tools could use up what the work itself needs.
    const { execution, total } = status;
    const reserved = Math.floor(Math.min(execution.limit, total.limit) / RESERVED_SHARE);
    const wanted = Math.max(0, reserved - execution.used);
    return total.limit - total.used <= wanted ? 'total' : null;
  }

  #reasonFor(budget: Kind, kind: 'discovery' | 'execution'): string {
    const { used, limit } = this.status()[budget];
    if (kind === 'execution') {
      const name =
        budget === 'total' ? 'The budget of tool calls' : 'The budget of execution calls';
      return `${name} is used up (${used}/${limit}). Give your final answer with the results you have.`;
    }
    const head = `The budget for discovery is used up (${used}/${limit} ${budget === 'total' ? 'calls in total' : 'calls'}); no more searching for tools, listing them or reading schemas.`;
    const names = this.discoveredTools().slice(0, SHOWN_TOOLS);
    if (names.length === 0) return `${head} No tools were found; give your best answer.`;
    return `${head} Call the tools you found: ${names.join(', ')}.`;
  }
}

/** Whether nothing is left. */
export function isFull({ used, limit }: BudgetBranch): boolean {
  return used >= limit;
}
