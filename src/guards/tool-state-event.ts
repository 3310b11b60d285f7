import type { JsonObject, JsonValue } from '../domain/json.ts';
import type { NamedVariable } from './result-cache.ts';
import type { RuntimeLimits } from './runtime-limits.ts';

/** A call that ended, as it is noted in the state of the tools. */
export interface CallFinished {
  readonly type: 'call-finished';
  readonly toolName: string;
  /** With values in the place of references. */
  readonly arguments: JsonObject;
  readonly result: JsonValue;
  readonly hasFailed: boolean;
  /** Whether there is no error, and what it gave is taken for a failure; default false. */
  readonly isTold?: boolean | undefined;
  /** Whether the result gets a name that later calls can use. */
  readonly isBound: boolean;
  readonly aliases: readonly string[];
  /** Whether an earlier result answered it, so that nothing is new but that it was asked for; default false. */
  readonly isReused?: boolean;
  /** How many writes were known when the call began; not there where nobody said. */
  readonly writesBefore?: number | undefined;
  /** Stands for the result where that is a reference to it, which is another one each time. */
  readonly resultDigest?: string | undefined;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** Whatever changes the state of the tools; plain data, from which the same state can be made again. */
export type ToolStateEvent =
  | CallFinished
  | { readonly type: 'prompt-started'; readonly text: string }
  | { readonly type: 'literals-registered'; readonly numbers: readonly number[] }
  | {
      readonly type: 'call-started';
      readonly toolName: string;
      /** Whether a number of it had no source. */
      readonly isUngrounded: boolean;
    }
  | {
      readonly type: 'call-released';
      readonly toolName: string;
      readonly isUngrounded: boolean;
    }
  | { readonly type: 'values-used'; readonly names: readonly string[]; readonly usedIn: string }
  | {
      readonly type: 'value-bound';
      readonly toolName: string;
      readonly arguments: JsonObject;
      readonly value: JsonValue;
      readonly aliases: readonly string[];
      readonly nowMs: number;
    }
  | { readonly type: 'alias-added'; readonly id: string; readonly alias: string }
  | {
      readonly type: 'result-cached';
      readonly toolName: string;
      readonly arguments: JsonObject;
      readonly result: JsonValue;
      readonly nowMs: number;
    }
  | {
      readonly type: 'result-reused';
      readonly toolName: string;
      readonly arguments: JsonObject;
      readonly nowMs: number;
    }
  | {
      readonly type: 'result-forgotten';
      readonly toolName: string;
      readonly arguments: JsonObject;
    }
  | { readonly type: 'variable-stored'; readonly variable: NamedVariable }
  | { readonly type: 'number-recorded'; readonly value: number }
  | { readonly type: 'tool-discovered'; readonly toolName: string }
  | { readonly type: 'limits-changed'; readonly limits: RuntimeLimits }
  | { readonly type: 'cleared' };
