import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

interface Promised {
  readonly tag: string;
  readonly promise: string;
  readonly proof: string;
  readonly files: readonly string[];
}

const ROOT = new URL('../../../', import.meta.url);
/** Numbers that stand for nothing. */
const UNUSED: readonly string[] = ['W-18', 'W-19'];

function tagsOf(kind: string, count: number, digits: number): readonly string[] {
  const numbers = Array.from({ length: count }, (_, index) => String(index + 1));
  return numbers
    .map((number) => `${kind}-${number.padStart(digits, '0')}`)
    .filter((tag) => !UNUSED.includes(tag));
}

const ROWS: readonly Promised[] = [
  ...readFileSync(new URL('docs/parity.md', ROOT), 'utf8').matchAll(
    /^\| ([CW]-\d+|[MG]-W?\d+|G?V\d+) *\| (.+?) *\| (.+?) *\|$/gm,
  ),
].map(([, tag = '', promise = '', proof = '']) => ({
  tag,
  promise,
  proof,
  files: [...proof.matchAll(/`((?:test|bench|examples)\/[^`]+\.[a-z]+)`/g)].map(
    ([, file = '']) => file,
  ),
}));

describe('the page of promises', () => {
  test('names every promise once, in order', () => {
    const tags = ROWS.map(({ tag }) => tag);
    expect(tags.filter((tag) => /^[CW]-/.test(tag))).toEqual([
      ...tagsOf('C', 178, 1),
      ...tagsOf('W', 73, 2),
    ]);
    expect(tags.filter((tag) => tag.startsWith('G-'))).toEqual([
      ...tagsOf('G', 129, 1),
      ...tagsOf('G-W', 114, 2).map((tag) => tag.replace('G-W-', 'G-W')),
    ]);
    expect(tags.filter((tag) => tag.startsWith('GV'))).toEqual(
      tagsOf('GV', 30, 1).map((tag) => tag.replace('-', '')),
    );
    expect(tags.filter((tag) => tag.startsWith('V'))).toEqual(
      tagsOf('V', 30, 1).map((tag) => tag.replace('-', '')),
    );
    expect(tags.filter((tag) => tag.startsWith('M-'))).toEqual([
      ...tagsOf('M', 203, 2),
      ...tagsOf('M-W', 75, 2).map((tag) => tag.replace('M-W-', 'M-W')),
    ]);
    expect(new Set(tags).size).toBe(tags.length);
    expect(ROWS.filter(({ promise }) => promise.trim() === '')).toEqual([]);
  });

  test('gives for each a proof, or a reason why there is none', () => {
    const bare = ROWS.filter(
      ({ proof, files }) => files.length === 0 && !/^(next|left out|open)\b/.test(proof),
    );

    expect(bare).toEqual([]);
  });

  test('names files that exist, and tests whose titles carry the tag', () => {
    const wrong: string[] = [];
    for (const { tag, files } of ROWS) {
      for (const file of files) {
        const url = new URL(file, ROOT);
        if (!existsSync(url)) wrong.push(`${tag}: ${file} does not exist`);
        else if (file.startsWith('test/') && !hasTag(readFileSync(url, 'utf8'), tag))
          wrong.push(`${tag}: not in ${file}`);
      }
    }

    expect(wrong).toEqual([]);
  });
});

/** A title begins or ends with its tags; a comment or a value that has one proves nothing. */
function hasTag(source: string, tag: string): boolean {
  const titles = [
    ...source.matchAll(/['"`]((?:[A-Z]+(?:-[A-Z]*)?\d+[,:]? )+)/g),
    ...source.matchAll(/ \(((?:[A-Z]+(?:-[A-Z]*)?\d+(?:, )?)+)\)['"`]/g),
  ];
  return titles.some(([, tags = '']) => tags.split(/[,:]? /).includes(tag));
}
