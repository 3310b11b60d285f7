import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../../src/domain/json.ts';
import type { PageLevel } from '../../../../src/domain/page.ts';
import type { CompressionResult } from '../../../../src/memory/folding/compression-result.ts';
import { CompressorRegistry } from '../../../../src/memory/folding/compressor-registry.ts';
import { aPage, COUNTING, tokens } from '../../../lib/folding.ts';

async function fold(
  content: JsonValue,
  level: PageLevel,
  focus?: string,
): Promise<CompressionResult> {
  const page = aPage({ content, modality: 'structured', pageType: 'artifact' });
  return CompressorRegistry.default(COUNTING).compressPage(page, { level, focus });
}

const FLIGHTS = Array.from({ length: 100 }, (_, index) => ({
  flight_id: `HAT${index}`,
  price: 100 + index,
  origin: 'JFK',
  note: 'Seats are sold first come first served, and meals can be ordered up to a day before departure.',
}));

describe('createStructuredCompressor', () => {
  test('M-109: keeps keys, ids and numbers, and says how much is missing', async () => {
    const folded = await fold({ status: 'ok', flights: FLIGHTS, total: 100 }, 2);
    const content = JSON.parse(JSON.stringify(folded.content)) as {
      readonly flights: readonly { readonly flight_id: string; readonly price: number }[];
    };

    expect(folded).toMatchObject({ kind: 'folded', levelAfter: 2 });
    expect(folded.compressedTokens).toBeLessThanOrEqual(200);
    expect(content).toMatchObject({ status: 'ok', total: 100 });
    expect(content.flights[0]).toMatchObject({ flight_id: 'HAT0', price: 100 });
    expect(content.flights.at(-1)).toMatch(/^\.\.\. \d+ more$/);
  });

  test('keeps text of JSON text of JSON at every level', async () => {
    for (const level of [1, 2, 3] as const) {
      const folded = await fold(JSON.stringify(FLIGHTS), level);

      expect(folded).toMatchObject({ kind: 'folded', levelAfter: level });
      expect(() => JSON.parse(folded.content as string) as unknown).not.toThrow();
    }
  });

  test('keeps ids that are longer than a number can be', async () => {
    const rows = FLIGHTS.map((flight) => JSON.stringify(flight).slice(1)).join(
      ',{"id":1234567890123456789,',
    );
    const text = `{"id":-9876543210987654321,"safe":9007199254740991,"rate":0.12345678901234567,"note":"no \\"1234567890123456789\\"","rows":[{${rows}]}`;

    for (const level of [1, 2] as const) {
      const folded = await fold(text, level);
      expect(folded.content).toContain('"id":"-9876543210987654321"');
      expect(folded.content).toContain('"safe":9007199254740991');
      expect(folded.content).toContain('"note":"no \\"1234567890123456789\\""');
    }
  });

  test('keeps failures before all else, and what has to do with the focus', async () => {
    const items = FLIGHTS.map((flight, index) =>
      index === 77 ? { ...flight, error: 'gate closed' } : flight,
    );

    expect(JSON.stringify((await fold(items, 3)).content)).toContain('gate closed');
    expect(JSON.stringify((await fold(items, 2, 'What about HAT42?')).content)).toContain('HAT42');
    expect(JSON.stringify((await fold(items, 2)).content)).not.toContain('HAT42');
  });

  test('shortens long strings between words, with a note, and never words and ids', async () => {
    const id = '7f3c9e1a-52b8-4c1d-9d57-0c2f6a1b8e44';
    const folded = await fold(
      {
        id,
        text: 'many words in a row '.repeat(100),
        image: `data:image/png;base64,${'A'.repeat(4_000)}`,
      },
      2,
    );

    expect(folded.content).toMatchObject({
      id,
      text: expect.stringMatching(/ (?:many|words|in|a|row)\.\.\. \d+ more characters$/) as string,
      image: expect.stringMatching(/^data:image.*more characters$/) as string,
    });
  });

  test('shortens objects of many keys and what is nested deep', async () => {
    const wide = Object.fromEntries(
      Array.from({ length: 500 }, (_, n) => [`key_${n}`, `value ${n}`]),
    );
    let deep: JsonValue = { end: 'of the line' };
    for (let depth = 0; depth < 40; depth += 1) deep = { [`level_${depth}`]: deep, more: 'text' };

    expect((await fold({ ...wide, '...': 1, id: 'w-1' }, 2)).content).toMatchObject({
      id: 'w-1',
      '....': expect.stringMatching(/^\d+ more keys$/) as string,
    });
    expect(JSON.stringify((await fold(deep, 2)).content)).toContain('{2 keys}');
  });

  test('says in one line what a value is when nothing of it fits', async () => {
    const key = (index: number): string => `a_rather_long_name_of_a_key_number_${index}`;
    const wide = Object.fromEntries(
      Array.from({ length: 200 }, (_, n) => [key(n), { [key(n)]: { [key(n)]: n } }]),
    );
    const folded = await fold(wide, 3);

    expect(folded.compressedTokens).toBeLessThanOrEqual(50);
    expect(JSON.stringify(folded.content)).toMatch(/\[artifact\] object of 200 keys|more keys/);
  });

  test('keeps a key that is named as a prototype', async () => {
    const value = JSON.parse(
      `{"__proto__":{"id":1},"list":${JSON.stringify(FLIGHTS)}}`,
    ) as JsonValue;
    const folded = await fold(value, 1);

    expect(Object.keys(folded.content as object)).toContain('__proto__');
  });

  test('keeps what is short, and folds text that is no JSON as text', async () => {
    expect(await fold({ ok: true }, 3)).toMatchObject({ kind: 'kept', reason: 'nothing-to-save' });
    expect(await fold(null, 1)).toMatchObject({ kind: 'kept', originalTokens: 0 });
    const log = 'GET /orders took 812 ms on db-eu-1. '.repeat(40);
    const nested = `${'['.repeat(3_000)}${']'.repeat(3_000)}`;

    expect((await fold(log, 1)).content).toContain('db-eu-1');
    expect((await fold(nested, 1)).compressedTokens).toBeLessThanOrEqual(tokens(nested));
  });
});
