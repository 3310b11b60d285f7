import { assertNever } from '../domain/assert.ts';
import type { BindingManager } from './binding-manager.ts';
import type { ResultCache } from './result-cache.ts';
import type { ToolStateEvent } from './tool-state-event.ts';

/** What changes named values and kept results, and nothing else. */
export type ValueEvent = Extract<
  ToolStateEvent,
  {
    readonly type:
      | 'values-used'
      | 'value-bound'
      | 'alias-added'
      | 'result-cached'
      | 'result-reused'
      | 'result-forgotten'
      | 'variable-stored';
  }
>;

/** Takes such a change in. */
export function applyValueEvent(
  event: ValueEvent,
  { bindings, cache }: { readonly bindings: BindingManager; readonly cache: ResultCache },
): void {
  switch (event.type) {
    case 'values-used':
      for (const name of event.names) bindings.markUsed(name, event.usedIn);
      return;
    case 'value-bound':
      bindings.bind(event);
      return;
    case 'alias-added':
      bindings.addAlias(event.id, event.alias);
      return;
    case 'result-cached':
      cache.put(event);
      return;
    case 'result-reused':
      cache.get(event.toolName, event.arguments, event.nowMs);
      return;
    case 'result-forgotten':
      cache.forgetCall(event.toolName, event.arguments);
      return;
    case 'variable-stored':
      cache.storeVariable(event.variable);
      return;
    default:
      assertNever(event);
  }
}
