import { type JsonObject, type JsonValue, toText } from '../domain/json.ts';
import { replaceAt } from './argument-numbers.ts';
import type { ArgumentNumber } from './argument-numbers.ts';
import type { BindingManager } from './binding-manager.ts';
import { argumentNumbers } from './call-facts.ts';
import { ALLOWED, guardResult } from './guard-result.ts';
import type { Guard, GuardResult } from './guard-result.ts';
import type { EnforcementLevel } from './limit-levels.ts';
import type { NumberSources } from './number-sources.ts';
import type { ToolClassifier } from './tool-traits.ts';
import { ASSISTANT_TEXT } from './number-sources.ts';
import { isOrdinaryNumber } from './ordinary-number.ts';

/** How an {@link UngroundedGuard} treats numbers that come from nowhere. */
export interface UngroundedOptions {
  readonly mode: EnforcementLevel;
  /** Such calls that are only warned about before the mode `block` refuses them. */
  readonly graceCalls: number;
}

/** What is known of the numbers of a call. */
export interface UngroundedCallResult {
  readonly isUngrounded: boolean;
  /** The numbers without a source, and where they stand. */
  readonly numericArguments: readonly { readonly path: string; readonly value: number }[];
  readonly hasBindings: boolean;
  readonly message: string;
}

interface UngroundedParts {
  readonly bindings: BindingManager;
  readonly sources: NumberSources;
  readonly classify: ToolClassifier;
}

const SHOWN_BINDINGS = 10;

/**
 * Finds numbers that neither the user nor a tool named: nested ones and numbers written as text too. Ordinary settings such as
 * limits, pages, identifiers and dates are not accused.
 */
export class UngroundedGuard implements Guard {
  readonly #bindings: BindingManager;
  readonly #sources: NumberSources;
  readonly #classify: ToolClassifier;
  #options: UngroundedOptions;
  #count = 0;

  constructor(options: UngroundedOptions, parts: UngroundedParts) {
    this.#options = options;
    this.#bindings = parts.bindings;
    this.#sources = parts.sources;
    this.#classify = parts.classify;
  }

  /**
   * Says whether the numbers of a call have a source, and which values are close to them. It never puts one of those in their
   * place: another account or amount is not a slip of the pen.
   */
  check(toolName: string, argumentsOfCall: JsonObject): GuardResult {
    const { mode, graceCalls } = this.#options;
    if (mode === 'off' || this.#classify(toolName).isDiscovery) return ALLOWED;
    const found = this.ungroundedNumbers(argumentsOfCall);
    if (found.length === 0) return ALLOWED;
    const count = this.#count + 1;
    const reason = this.reasonFor(toolName, found);
    const isSpent = mode === 'block' && count > graceCalls;
    const verdict = isSpent ? 'block' : 'warn';
    const details: Record<string, JsonValue> = {
      ungroundedCount: count,
      numericArgs: Object.fromEntries(found.map(({ path, value }) => [path, value])),
      hasBindings: this.#bindings.size > 0,
    };
    if (verdict === 'warn') details['graceRemaining'] = Math.max(0, graceCalls - count + 1);
    return guardResult(verdict, reason, { details });
  }

  /** Whether a call counts as one with numbers from nowhere. */
  isUngrounded(toolName: string, argumentsOfCall: JsonObject): boolean {
    if (this.#options.mode === 'off' || this.#classify(toolName).isDiscovery) return false;
    return this.ungroundedNumbers(argumentsOfCall).length > 0;
  }

  /** Counts a call whose numbers had no source. */
  recordCall(): void {
    this.#count += 1;
  }

  /** Takes back the count of such a call. */
  releaseCall(): void {
    this.#count = Math.max(0, this.#count - 1);
  }

  /** The numbers that have no source. */
  ungroundedNumbers(argumentsOfCall: JsonObject): readonly ArgumentNumber[] {
    return argumentNumbers(argumentsOfCall).filter(
      (number) => !isOrdinaryNumber(number) && !this.#sources.isKnown(number.value),
    );
  }

  /** Arguments with references in the place of numbers that are computed values, or such values rounded; null when there are none. */
  rebind(argumentsOfCall: JsonObject): JsonObject | null {
    let rebound: JsonObject | null = null;
    for (const number of argumentNumbers(argumentsOfCall)) {
      const id = isOrdinaryNumber(number) ? null : this.#sources.computedAs(number.value);
      if (id !== null) rebound = replaceAt(rebound ?? argumentsOfCall, number.path, `$${id}`);
    }
    return rebound;
  }

  /** Other options for the same count. */
  setOptions(options: UngroundedOptions): void {
    this.#options = options;
  }

  /** Calls that were counted. */
  get count(): number {
    return this.#count;
  }

  /** Starts counting anew, or goes on from an earlier count. */
  restore(count = 0): void {
    this.#count = count;
  }

  /** What to tell a model of numbers without a source. */
  reasonFor(toolName: string, found: readonly ArgumentNumber[]): string {
    let named = '';
    for (const { path, value } of found) named += `${named === '' ? '' : ', '}${path}=${value}`;
    const ids = this.#bindings.latestIds(SHOWN_BINDINGS);
    const advice =
      ids.length === 0
        ? 'Nothing has been computed yet.'
        : `${this.#nearest(found)}If one of $${ids.join(', $')} is meant, refer to it.`;
    return `${toolName} was given ${named}, which neither the user nor a tool named. ${advice}`;
  }

  #nearest(found: readonly ArgumentNumber[]): string {
    let nearest = '';
    for (const { path, value } of found) {
      const binding = this.#bindings.findByValue(value);
      if (binding === null || binding.toolName === ASSISTANT_TEXT) continue;
      nearest += `${path} is close to $${binding.id} = ${toText(binding.value)}. `;
    }
    return nearest;
  }
}
