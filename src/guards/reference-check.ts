import type { JsonObject, JsonValue } from '../domain/json.ts';
import type { BindingManager } from './binding-manager.ts';
import { isBindingName } from './reference.ts';
import { typedValue } from './value-binding.ts';

/** Whether the references of arguments stand for something. */
export interface ReferenceCheckResult {
  readonly isValid: boolean;
  /** References such as `$v9` that stand for nothing, each once. */
  readonly missingRefs: readonly string[];
  /** The values by reference. */
  readonly resolvedRefs: Readonly<Record<string, JsonValue>>;
  /** For the model; empty when all is well. */
  readonly message: string;
}

/** Checks all references, also nested ones; a name that is neither an id nor an alias is ordinary text. */
export function checkReferences(bindings: BindingManager, args: JsonObject): ReferenceCheckResult {
  const { used, missing } = bindings.resolveReferences(args);
  const missingRefs = missing.filter(isBindingName).map((name) => `$${name}`);
  const resolved = used.flatMap((name) => {
    const binding = bindings.get(name);
    return binding === null ? [] : [[`$${name}`, typedValue(binding)] as const];
  });
  const message =
    missingRefs.length === 0 ? '' : `There is no value for ${missingRefs.join(', ')}.`;
  return {
    isValid: missingRefs.length === 0,
    missingRefs,
    resolvedRefs: Object.fromEntries(resolved),
    message,
  };
}
