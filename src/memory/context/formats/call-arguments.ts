import { isJsonObject, type JsonObject, type JsonValue } from '../../../domain/json.ts';

/** The arguments of a tool call as an object, which formats other than chat want; text that is none becomes `{input: text}`. */
export function parseCallArguments(text: string): JsonObject {
  const value = readJson(text);
  return isJsonObject(value) ? value : { input: text };
}

function readJson(text: string): JsonValue {
  try {
    // JSON gives nothing but JSON values.
    return JSON.parse(text) as JsonValue;
  } catch {
    return text; // What a model wrote and cannot be read is handed on as it is.
  }
}
