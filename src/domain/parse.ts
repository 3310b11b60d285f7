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
  throw new InvalidInput({ field: fieldName(field, issue), expected: expectation(issue) });
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
      return 'no such option';
    case 'invalid_type':
      return `a value of type ${issue.expected}`;
    case 'too_small':
      return `at least ${issue.minimum}${unitOf(issue.origin)}`;
    case 'too_big':
      return `at most ${issue.maximum}${unitOf(issue.origin)}`;
    case 'invalid_value':
      return `one of ${issue.values.map(String).join(', ')}`;
    default:
      return issue.message;
  }
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' || origin === 'map' || origin === 'set' ? ' entries' : '';
}
