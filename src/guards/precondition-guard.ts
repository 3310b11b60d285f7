import type { JsonObject } from '../domain/json.ts';
import { argumentNumbers } from './call-facts.ts';
import { ALLOWED, guardResult } from './guard-result.ts';
import type { Guard, GuardResult } from './guard-result.ts';
import type { NumberSources } from './number-sources.ts';
import type { ToolClassifier } from './tool-traits.ts';

const SAFE_VALUES: ReadonlySet<number> = new Set([0, 1]);
const SHOWN_VALUES = 10;

/** Refuses calls of parameterised tools whose numbers were neither computed nor given by the user. */
export class PreconditionGuard implements Guard {
  readonly #classify: ToolClassifier;
  readonly #sources: NumberSources;

  constructor(sources: NumberSources, classify: ToolClassifier) {
    this.#sources = sources;
    this.#classify = classify;
  }

  /** Says whether every number of the arguments has a source; 0 and 1 need none. */
  check(toolName: string, argumentsOfCall: JsonObject): GuardResult {
    if (!this.#classify(toolName).isParameterised) return ALLOWED;
    const unknown = argumentNumbers(argumentsOfCall).filter(
      ({ value }) => !SAFE_VALUES.has(value) && !this.#sources.isKnown(value),
    );
    if (unknown.length === 0) return ALLOWED;
    const available = this.#sources.computed().slice(0, SHOWN_VALUES);
    const named = unknown.map(({ path, value }) => `${path}=${value}`).join(', ');
    const advice =
      available.length === 0
        ? 'Nothing has been computed yet: compute these values first.'
        : `Available values: ${available.join(', ')}. Use one of them, or compute what is missing.`;
    const reason = `PRECONDITION_FAILED: ${toolName} was given ${named}, which nobody computed or named. ${advice}`;
    const ungroundedArgs = Object.fromEntries(unknown.map(({ path, value }) => [path, value]));
    return guardResult('block', reason, {
      details: { toolName, ungroundedArgs, availableValues: available },
    });
  }
}
