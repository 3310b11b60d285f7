import { parseCallArguments } from '../domain/call-arguments.ts';
import { reportsFailure } from '../domain/failure-report.ts';
import { parseJsonValue } from '../domain/json.ts';
import type { JsonObject } from '../domain/json.ts';
import type { FinishedCall } from './finished-call.ts';
import { ASSISTANT_TEXT } from './number-sources.ts';
import type { NamedVariable } from './result-cache.ts';
import type { NamedNumber } from './text-values.ts';
import type { CallFinished, ToolStateEvent } from './tool-state-event.ts';
import { parseCall, parseFinishedCall } from './tool-state-input.ts';

type EventOf<Type extends ToolStateEvent['type']> = Extract<
  ToolStateEvent,
  { readonly type: Type }
>;

/** A call and what it gave, as a caller says it. */
export interface GivenResult {
  readonly toolName: string;
  readonly arguments: unknown;
  readonly value: unknown;
}

/** Where a number comes from that is given a name. */
export interface VariableSource {
  readonly units?: string;
  readonly toolName?: string;
  readonly arguments?: JsonObject;
}

const EXTRACTED: JsonObject = { source: 'extracted' };

/**
 * The end of a call, as it is noted.
 * @throws INVALID_INPUT naming the field, also one that does not exist.
 */
export function callFinished(call: FinishedCall, nowMs: number): CallFinished {
  const { toolName, isBound, aliases = [], ...given } = parseFinishedCall(call);
  const { writesBefore } = given;
  const result = parseJsonValue(given.result ?? null, 'call.result');
  const { hasFailed = reportsFailure(result) } = given;
  const isTold = hasFailed && given.hasFailed === undefined;
  return {
    type: 'call-finished',
    toolName,
    arguments: parseCallArguments(given.arguments, 'call.arguments'),
    result,
    hasFailed,
    ...(isTold ? { isTold } : {}),
    isBound: isBound ?? !hasFailed,
    aliases,
    ...(writesBefore === undefined ? {} : { writesBefore }),
    nowMs,
  };
}

/**
 * A value that gets a name, as it is noted.
 * @throws INVALID_INPUT
 */
export function valueBound(given: GivenResult, nowMs: number): EventOf<'value-bound'> {
  const call = parseCall(given.toolName, given.arguments);
  return {
    type: 'value-bound',
    toolName: call.toolName,
    arguments: call.arguments,
    value: parseJsonValue(given.value ?? null, 'value'),
    aliases: [],
    nowMs,
  };
}

/** A number that an answer of the model names, as it is noted; a name of the form of an id is no alias. */
export function numberExtracted(
  { name, value }: NamedNumber,
  nowMs: number,
): EventOf<'value-bound'> {
  const aliases = /^v\d+$/i.test(name) ? [] : [name];
  const toolName = ASSISTANT_TEXT;
  return { type: 'value-bound', toolName, arguments: EXTRACTED, value, aliases, nowMs };
}

/**
 * A result that is kept, as it is noted.
 * @throws INVALID_INPUT
 */
export function resultCached(given: GivenResult, nowMs: number): EventOf<'result-cached'> {
  const call = parseCall(given.toolName, given.arguments);
  const result = parseJsonValue(given.value ?? null, 'result');
  return {
    type: 'result-cached',
    toolName: call.toolName,
    arguments: call.arguments,
    result,
    nowMs,
  };
}

/** A number and its name, with nothing left open. */
export function namedVariable(
  name: string,
  value: number,
  { units, toolName, arguments: args }: VariableSource,
): NamedVariable {
  return {
    name,
    value,
    units: units ?? null,
    sourceTool: toolName ?? null,
    sourceArguments: args ?? null,
  };
}
