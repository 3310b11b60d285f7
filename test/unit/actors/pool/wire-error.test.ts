import { describe, expect, test } from 'vitest';
import { fromWireError, toWireError } from '../../../../src/actors/pool/wire-error.ts';
import { Overloaded } from '../../../../src/domain/errors.ts';

describe('an error that comes from another thread', () => {
  test.each(['busy', 'full'] as const)(
    'says whether waiting helps where a bound is reached: %s',
    (reason) => {
      const error = new Overloaded({ retryAfterMs: 7, scope: 'store', reason });

      const received = fromWireError(structuredClone(toWireError(error)));

      expect(received).toBeInstanceOf(Overloaded);
      expect(received).toMatchObject({ message: error.message, retryAfterMs: 7, reason });
      expect(received).toHaveProperty('data', error.data);
    },
  );
});
