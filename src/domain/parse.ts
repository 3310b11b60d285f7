import type { z } from 'zod';
import { reading } from './argument.ts';
import { InvalidInput } from './errors.ts';
import {
  fieldNames,
  partName,
  placeBelow,
  type SchemaPlace,
  unknownPartName,
} from './schema-path.ts';

/**
 * The value in its parsed form.
 * @throws INVALID_INPUT naming the first field that is wrong, below `field`; never quoting the value, nor a key that somebody
 * chose freely.
 */
export function parseInput<T>(schema: z.ZodType<T>, value: unknown, field: string): T {
  return reading(field, () => parsedBy(schema, value, field));
}

function parsedBy<T>(schema: z.ZodType<T>, value: unknown, field: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (issue === undefined) throw new InvalidInput({ field, expected: 'a valid value' });
  let name = field;
  let place: SchemaPlace = { schema, value };
  for (const part of issue.path) {
    name += partName(place, part);
    place = placeBelow(place, part);
  }
  if (issue.code === 'unrecognized_keys') throw unknownKey(name, place, issue.keys);
  throw new InvalidInput({ field: name, expected: expectation(issue) });
}

function unknownKey(field: string, place: SchemaPlace, keys: readonly string[]): InvalidInput {
  const name = `${field}${unknownPartName(place, keys[0] ?? '')}`;
  const expected = `one of ${fieldNames(place).join(', ')}`;
  // "expected" would say what the value has to be, and it is the name that is wrong.
  const message = `${name}: there is no such option; its name has to be ${expected}`;
  return new InvalidInput({ field: name, expected, message });
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return typeName(issue.expected);
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${amountOf(issue.minimum, issue.origin)}`;
    case 'too_big':
      return `${issue.inclusive === false ? 'less than' : 'at most'} ${amountOf(issue.maximum, issue.origin)}`;
    case 'invalid_value':
      return valueNames(issue.values);
    case 'invalid_key':
      return 'a known name';
    case 'invalid_format':
      // The schema's own words, where it has any.
      return issue.message.startsWith('Invalid ') ? `a valid ${issue.format}` : issue.message;
    case 'invalid_union':
      return unionNames(issue);
    default:
      return issue.message;
  }
}

function valueNames(values: readonly unknown[]): string {
  const [only] = values;
  return values.length === 1 ? `'${String(only)}'` : `one of ${values.map(String).join(', ')}`;
}

function typeName(name: string): string {
  if (name === 'record' || name === 'object') return 'an object';
  if (name === 'array') return 'a list';
  if (name === 'int') return 'a whole number';
  if (name === 'nonoptional') return 'a value';
  return /^[aeiou]/.test(name) ? `an ${name}` : `a ${name}`;
}

/** What each branch of a union wanted, where the schema does not say it in words of its own. */
function unionNames(issue: z.core.$ZodIssueInvalidUnion): string {
  const branches = issue.errors.flatMap((errors) => errors.slice(0, 1));
  const wanted = new Set(branches.map(expectation));
  const hasOwnWords = issue.message !== 'Invalid input' || wanted.size === 0;
  return hasOwnWords ? issue.message : [...wanted].join(' or ');
}

function amountOf(bound: number | bigint, origin: string): string {
  const isOne = Number(bound) === 1;
  if (origin === 'string') return `${bound} ${isOne ? 'character' : 'characters'}`;
  const isCollection = origin === 'array' || origin === 'map' || origin === 'set';
  return isCollection ? `${bound} ${isOne ? 'entry' : 'entries'}` : `${bound}`;
}
