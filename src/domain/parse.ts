import type { z } from 'zod';
import { InvalidInput } from './errors.ts';

/**
 * The value in its parsed form.
 * @throws INVALID_INPUT naming the first field that is wrong, below `field`; never quoting the value.
 */
export function parseInput<T>(schema: z.ZodType<T>, value: unknown, field: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (issue === undefined) throw new InvalidInput({ field, expected: 'a valid value' });
  const place = fieldName(field, issue);
  // "expected nothing" would be true and of no help.
  const message = issue.code === 'unrecognized_keys' ? `${place}: there is no such option` : '';
  throw new InvalidInput({ field: place, expected: expectation(issue), message });
}

function fieldName(field: string, issue: z.core.$ZodIssue): string {
  const path = issue.path.reduce<string>(
    (name, part) => (typeof part === 'number' ? `${name}[${part}]` : `${name}.${String(part)}`),
    field,
  );
  const unknownKey = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  return unknownKey === undefined ? path : `${path}.${unknownKey}`;
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return 'nothing of this name';
    case 'invalid_type':
      return typeName(issue.expected);
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unitOf(issue.origin)}`;
    case 'too_big':
      return `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unitOf(issue.origin)}`;
    case 'invalid_value':
      return `one of ${issue.values.map(String).join(', ')}`;
    case 'invalid_union':
      return unionNames(issue);
    default:
      return issue.message;
  }
}

function typeName(name: string): string {
  if (name === 'record' || name === 'object') return 'an object';
  if (name === 'array') return 'a list';
  return name === 'int' ? 'a whole number' : `a ${name}`;
}

/** What each branch of a union wanted, where the schema does not say it in words of its own. */
function unionNames(issue: z.core.$ZodIssueInvalidUnion): string {
  const branches = issue.errors.flatMap((errors) => errors.slice(0, 1));
  const wanted = new Set(branches.map(expectation));
  const hasOwnWords = issue.message !== 'Invalid input' || wanted.size === 0;
  return hasOwnWords ? issue.message : [...wanted].join(', or ');
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' || origin === 'map' || origin === 'set' ? ' entries' : '';
}
