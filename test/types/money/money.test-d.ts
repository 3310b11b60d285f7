import { expectTypeOf, test } from 'vitest';

import { addUsd, parseUsd, toUsdString, type PicoUsd } from '../../../src/domain/money.ts';

test('a plain bigint is no amount of money', () => {
  expectTypeOf<bigint>().not.toExtend<PicoUsd>();
  expectTypeOf<PicoUsd>().toExtend<bigint>();
  expectTypeOf(addUsd).parameters.toEqualTypeOf<[PicoUsd, PicoUsd]>();
  expectTypeOf(toUsdString(parseUsd('1'))).toEqualTypeOf<string>();
});
