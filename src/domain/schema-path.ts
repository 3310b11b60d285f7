import type { z } from 'zod';

/** A value, and the schema it is to follow; null where none is known. */
export interface SchemaPlace {
  readonly schema: z.core.$ZodType | null;
  readonly value: unknown;
}

/** Names as code writes them, and too short to say much. */
const IDENTIFIER = /^[A-Za-z_$][\w$]{0,39}$/;

/** How a key that a caller chose appears in the name of a field: by its number, since the key itself may be content. */
export function keyName(index: number): string {
  return `<key ${index}>`;
}

/** The names that a schema gives to the fields of an object; empty when it gives none. */
export function fieldNames({ schema }: SchemaPlace): readonly string[] {
  return variants(schema).flatMap(({ _zod: { def } }) => {
    if (def.type === 'object') return Object.keys(def.shape);
    return def.type === 'record' ? variants(def.keyType).flatMap(enumNames) : [];
  });
}

/** The name of a part of a value: `[2]` of an item, `.name` of a field the schema names, `.<key 2>` of any other. */
export function partName(place: SchemaPlace, part: PropertyKey): string {
  if (typeof part === 'number') return `[${part}]`;
  const name = String(part);
  if (fieldNames(place).includes(name)) return `.${name}`;
  return `.${keyName(keysOf(place.value).indexOf(name))}`;
}

/**
 * The name of a part that an object with fixed names does not have: as it is when it can be nothing but a misspelt name, which
 * its author has to see; else as in {@link partName}.
 */
export function unknownPartName(place: SchemaPlace, name: string): string {
  const isObject = variants(place.schema).some(({ _zod: { def } }) => def.type === 'object');
  return isObject && IDENTIFIER.test(name) ? `.${name}` : partName(place, name);
}

/** The place of a part of the value at a place. */
export function placeBelow({ schema, value }: SchemaPlace, part: PropertyKey): SchemaPlace {
  const below = variants(schema).flatMap((variant) => schemaBelow(variant, part) ?? []);
  const isThere = typeof value === 'object' && value !== null;
  return { schema: below[0] ?? null, value: isThere ? Reflect.get(value, part) : undefined };
}

function enumNames({ _zod: { def } }: z.core.$ZodTypes): readonly string[] {
  return def.type === 'enum' ? Object.values(def.entries).map(String) : [];
}

function keysOf(value: unknown): readonly string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

function schemaBelow(schema: z.core.$ZodTypes, part: PropertyKey): z.core.$ZodType | null {
  const { def } = schema._zod;
  if (def.type === 'object') return def.shape[String(part)] ?? null;
  if (def.type === 'array') return def.element;
  return def.type === 'record' ? def.valueType : null;
}

/** The schemas that a schema stands for, without what is wrapped around them. */
function variants(schema: z.core.$ZodType | null): readonly z.core.$ZodTypes[] {
  if (schema === null) return [];
  const known = schema as z.core.$ZodTypes; // zod's own list of its schemas
  const { def } = known._zod;
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'readonly':
    case 'default':
      return variants(def.innerType);
    case 'union':
      return def.options.flatMap(variants);
    case 'pipe':
      return [...variants(def.in), ...variants(def.out)];
    default:
      return [known];
  }
}
