import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plainToolUse } from '../../../src/api/plain-tool-use.ts';
import { toolInput } from '../../../src/api/record-input.ts';

const text = fc.oneof(
  fc.constantFrom('', 'c1', 'x'.repeat(256), 'x'.repeat(257), 'a\u0000b', '\ud800', '\u00fc', ' '),
  fc.string(),
);
const odd = fc.constantFrom<unknown>(null, undefined, 7, {}, []);
const field = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom('c1', 'an id') },
  { weight: 4, arbitrary: text },
  { weight: 1, arbitrary: odd },
);
const use = fc.record(
  {
    toolName: fc.oneof({ weight: 6, arbitrary: fc.constant('find') }, field),
    arguments: fc.jsonValue(),
    result: fc.jsonValue(),
    error: field,
    callId: field,
    metadata: fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), odd),
    idempotencyKey: field,
    eventId: field,
    taskId: field,
    parentEventId: field,
  },
  { requiredKeys: ['toolName'] },
);

/** What becomes of a use, or the field that is wrong with it. */
function outcomeOf(given: object): unknown {
  try {
    const { event, idempotencyKey } = toolInput(given as Parameters<typeof toolInput>[0]);
    return { event, idempotencyKey };
  } catch (error) {
    const { code, message } = error as { readonly code: string; readonly message: string };
    return { code, message };
  }
}

describe('plainToolUse', () => {
  test('takes nothing that the schema refuses, and takes it as the schema does', () => {
    let plain = 0;
    fc.assert(
      fc.property(use, fc.nat(20), (fields, luck) => {
        const given = luck === 0 ? { ...fields, more: 1 } : fields;
        if (plainToolUse(given as Parameters<typeof plainToolUse>[0]) !== null) plain += 1;
        // With a limit of time the schema is asked.
        expect(outcomeOf(given)).toEqual(outcomeOf({ ...given, timeoutMs: 1_000 }));
      }),
      { numRuns: 1_000 },
    );

    expect(plain).toBeGreaterThan(50);
    expect(plainToolUse({ toolName: 'find', timeoutMs: 1_000 })).toBeNull();
  });
});
