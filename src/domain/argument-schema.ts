import { z } from 'zod';
import { assertObject } from './argument.ts';
import { InvalidInput } from './errors.ts';
import type { JsonObject } from './json.ts';

/** A schema that checks values by itself; those of zod do. */
export interface ParsingSchema {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true }
    | { readonly success: false; readonly error: { readonly issues: readonly SchemaIssue[] } };
}

/** What a {@link ParsingSchema} says is wrong. */
export interface SchemaIssue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly expected?: string | undefined;
}

/** What the arguments of a tool have to be: a JSON Schema of an object, or a schema such as zod's. */
export type ArgumentSchema = JsonObject | ParsingSchema;

/** One thing that is wrong with arguments. */
export interface ArgumentIssue {
  /** Where, such as `items[0].count`; empty for the arguments as a whole. */
  readonly path: string;
  readonly message: string;
  /** The type that a value there should have had; null where the type is not what is wrong. */
  readonly expectedType: string | null;
}

/** What is wrong with arguments; nothing when they are right. */
export type CheckArguments = (argumentsOfCall: JsonObject) => readonly ArgumentIssue[];

/**
 * A check for the arguments of a tool.
 * @throws INVALID_INPUT naming the field, for a JSON Schema that uses what is not understood.
 */
export function toArgumentCheck(schema: ArgumentSchema, field: string): CheckArguments {
  assertObject(schema, field);
  const parsing = isParsing(schema) ? schema : fromJsonSchema(schema, field);
  return (argumentsOfCall) => {
    const parsed = parsing.safeParse(argumentsOfCall);
    return parsed.success ? [] : parsed.error.issues.map(toArgumentIssue);
  };
}

function fromJsonSchema(schema: JsonObject, field: string): ParsingSchema {
  try {
    return z.fromJSONSchema(schema);
  } catch (cause) {
    throw new InvalidInput({ field, expected: 'a JSON Schema that zod can read', cause });
  }
}

function isParsing(schema: ArgumentSchema): schema is ParsingSchema {
  return typeof schema['safeParse' as keyof ArgumentSchema] === 'function';
}

function toArgumentIssue({ code, path, message, expected }: SchemaIssue): ArgumentIssue {
  const names = path.map((part, index) => {
    if (typeof part === 'number') return `[${part}]`;
    return index === 0 ? String(part) : `.${String(part)}`;
  });
  const expectedType = code === 'invalid_type' ? (expected ?? null) : null;
  return { path: names.join(''), message, expectedType };
}
