import { canonicalJson } from '../domain/canonical-json.ts';
import type { JsonObject } from '../domain/json.ts';
import { textHash } from '../domain/text-hash.ts';

/** Texts of arguments that nobody changes any more, by the arguments. */
const texts = new WeakMap<JsonObject, string>();

/** Keeps the text of arguments that are a copy of our own, so that it is made once however many guards ask for it. */
export function keepArgumentText(argumentsOfCall: JsonObject): void {
  if (!texts.has(argumentsOfCall)) texts.set(argumentsOfCall, canonicalJson(argumentsOfCall));
}

/** The canonical text of the arguments of a call. */
export function argumentText(argumentsOfCall: JsonObject): string {
  return texts.get(argumentsOfCall) ?? canonicalJson(argumentsOfCall);
}

/** As `argumentsHash`, without making a text again that is kept. */
export function argumentTextHash(argumentsOfCall: JsonObject): string {
  return textHash(argumentText(argumentsOfCall));
}
