import { type JsonObject, parseJsonObject } from '../domain/json.ts';
import { CallFacts, factsOf, withCallFacts } from './call-facts.ts';
import type { Guard, GuardResult, GuardVerdict } from './guard-result.ts';
import { guardResult } from './guard-result.ts';
import type { ResolvedArguments } from './reference.ts';
import type { ToolState } from './tool-state.ts';

/** The guards of a conversation, in the order in which they are asked. */
export const GUARD_NAMES = [
  'references',
  'schema',
  'precondition',
  'budget',
  'ungrounded',
  'per_tool',
  'runaway',
  'unused_results',
] as const;

/** What one guard has to say of a call. */
export interface GuardFinding {
  /** One of {@link GUARD_NAMES}, or the name of a guard of the service's own. */
  readonly guard: string;
  readonly result: GuardResult;
}

/** What all guards say of a call. */
export interface GuardReport {
  readonly toolName: string;
  /** The strictest of all: `block`, then `repair`, `warn`, `allow`. */
  readonly verdict: GuardVerdict;
  /** All that is not a plain `allow`. */
  readonly findings: readonly GuardFinding[];
  /** All reasons, those of the strictest verdict first; empty where there are none. */
  readonly reason: string;
  /** The arguments with values in the place of references. */
  readonly arguments: JsonObject;
  /** Named values that the call uses, each once: by reference, or by writing their numbers out. */
  readonly used: readonly string[];
  /** Whether a number that would be sent has no source. */
  readonly isUngrounded: boolean;
  /** The arguments that would do, references that guards put in resolved; null when nothing has to be repaired, or cannot be. */
  readonly repairedArguments: JsonObject | null;
}

/** A call as it is judged. */
export interface JudgedCall {
  readonly toolName: string;
  /** As the model wrote them. */
  readonly arguments: JsonObject;
}

const STRICTEST: readonly GuardVerdict[] = ['block', 'repair', 'warn', 'allow'];
const MANY_UNUSED = 3;
/**
 * The report that was given last, and what was found out of its arguments: whoever wants that asks at once. A map of all reports
 * would cost more than most guards do.
 */
let latest: { readonly report: GuardReport; readonly facts: CallFacts } | null = null;

/** What all guards say of a call. Nothing changes by it: the same question has the same answer. */
export function judgeCall(
  state: ToolState,
  call: JudgedCall,
  ownGuards: Readonly<Record<string, Guard>> = {},
): GuardReport {
  const resolved = state.bindings.resolveReferences(call.arguments);
  return withCallFacts(resolved.arguments, () => {
    const report = judgeResolved(state, { toolName: call.toolName, resolved }, ownGuards);
    latest = { report, facts: factsOf(resolved.arguments) };
    return report;
  });
}

/**
 * A copy of the arguments that a report lets through, with what is known of them: whoever was given the report may change its
 * own.
 */
export function judgedArguments(report: GuardReport): CallFacts {
  const copy = parseJsonObject(report.repairedArguments ?? report.arguments, 'report.arguments');
  if (latest?.report !== report || report.repairedArguments !== null) return new CallFacts(copy);
  const { facts } = latest;
  // Its arguments are the caller's to change from here on.
  latest = null;
  return facts.of(copy);
}

function judgeResolved(
  state: ToolState,
  call: { readonly toolName: string; readonly resolved: ResolvedArguments },
  ownGuards: Readonly<Record<string, Guard>>,
): GuardReport {
  const { toolName, resolved } = call;
  const findings: GuardFinding[] = [];
  let repaired: JsonObject | null = null;
  let current = resolved.arguments;
  const note = (guard: string, result: GuardResult): void => {
    if (result.verdict === 'allow' && result.reason === '') return;
    findings.push({ guard, result });
    if (result.repairedArguments === null) return;
    // The guards after this one judge the arguments that would be sent.
    current = state.bindings.resolveOffered(result.repairedArguments, current);
    repaired = current;
  };
  note('references', judgeReferences(toolName, resolved.missing));
  note('schema', state.schema.check(toolName, current));
  note('precondition', state.precondition.check(toolName, current));
  note('budget', state.budget.check(toolName));
  const grounding = state.ungrounded.check(toolName, current);
  note('ungrounded', grounding);
  note('per_tool', state.perTool.check(toolName));
  note('runaway', state.runaway.check(toolName, current));
  const used = withoutRepeats(resolved.used, state.writtenOut(current));
  note('unused_results', judgeUnused(state, toolName, used));
  for (const [name, guard] of Object.entries(ownGuards)) note(name, guard.check(toolName, current));
  return {
    toolName,
    verdict: strictest(findings),
    findings,
    reason: allReasons(findings),
    arguments: resolved.arguments,
    used,
    isUngrounded: grounding.verdict !== 'allow',
    repairedArguments: repaired,
  };
}

function strictest(findings: readonly GuardFinding[]): GuardVerdict {
  const found = STRICTEST.find((candidate) =>
    findings.some(({ result }) => result.verdict === candidate),
  );
  return found ?? 'allow';
}

function allReasons(findings: readonly GuardFinding[]): string {
  if (findings.length <= 1) return findings[0]?.result.reason ?? '';
  const reasons = STRICTEST.flatMap((candidate) =>
    findings
      .filter(({ result }) => result.verdict === candidate)
      .map(({ result }) => result.reason),
  );
  return reasons.filter((reason) => reason !== '').join(' ');
}

function withoutRepeats(left: readonly string[], right: readonly string[]): readonly string[] {
  if (right.length === 0) return left;
  return [...new Set([...left, ...right])];
}

function judgeReferences(toolName: string, missing: readonly string[]): GuardResult {
  if (missing.length === 0) return guardResult('allow', '');
  const names = missing.map((name) => `$${name}`);
  const reason = `${toolName} refers to ${names.join(', ')}, and there is no such value.`;
  return guardResult('block', reason, { details: { missingRefs: names } });
}

function judgeUnused(state: ToolState, toolName: string, used: readonly string[]): GuardResult {
  const action = state.limits.unusedResults;
  if (action === 'off' || used.length > 0 || state.classify(toolName).isDiscovery) {
    return guardResult('allow', '');
  }
  const ids = state.unusedOfPrompt();
  const isBlocking = action === 'block-next-tool';
  if (ids.length < (isBlocking ? 1 : MANY_UNUSED)) return guardResult('allow', '');
  const details = { unused: ids.slice(-MANY_UNUSED).map((id) => `$${id}`), count: ids.length };
  const reason = `${ids.length} computed values were not used: ${details.unused.join(', ')}. Use them, or say why they are not needed.`;
  return guardResult(isBlocking ? 'block' : 'warn', reason, { details });
}
