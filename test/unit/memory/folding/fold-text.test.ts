import { describe, expect, test } from 'vitest';
import { foldText } from '../../../../src/memory/folding/fold-text.ts';
import { ANSWER, COUNTING, tokens } from '../../../lib/folding.ts';

function fold(text: string, maxTokens: number, focus?: string): string {
  const folded = foldText(text, { maxTokens, focus, counting: COUNTING });
  expect(folded.tokens).toBe(tokens(folded.text));
  expect(folded.tokens).toBeLessThanOrEqual(maxTokens);
  return folded.text;
}

const LONE_SURROGATE = /\p{Surrogate}/u;

describe('foldText', () => {
  test('gives a text that fits back as it is', () => {
    expect(fold(ANSWER, 10_000)).toBe(ANSWER);
    expect(fold('', 0)).toBe('');
  });

  test('M-100: keeps names, numbers, dates, identifiers, links, decisions and negations in half the tokens', () => {
    const half = fold(ANSWER, Math.floor(tokens(ANSWER) / 2));

    expect(half).toContain('decided to use PostgreSQL 16.2 instead of MongoDB');
    expect(half).toContain('Amara Okafor');
    expect(half).toContain('must not be restarted before 2026-03-14');
    expect(half).toContain('$1,250.50');
    expect(half).toContain('max_connections');
    expect(half).toContain('https://example.org/runbook/migrate?step=2');
    expect(half).not.toContain('I hope this helps');
  });

  test('keeps sentences whole and in their order', () => {
    const text =
      'Alpha wrote the parser. Nothing new. Beta tested 17 cases. Gamma removed the cache.';
    const folded = fold(text, 16);
    const kept = folded.split('\n')[0]!;

    for (const sentence of kept.match(/[^.…]+[.…]/g)!) {
      expect(text).toContain(sentence.replace('…', '').trim());
    }
  });

  test('M-101: folds towards a question', () => {
    const sentences = Array.from(
      { length: 60 },
      (_, index) => `Okafor${index} moved Project${index} from Oslo${index} to Bergen${index}.`,
    );
    const text = sentences.join(' ');

    expect(fold(text, 60, 'Where did they move project41?')).toContain(sentences[41]);
    expect(fold(text, 60)).not.toContain(sentences[41]);
  });

  test('says nothing twice', () => {
    const text = `${'The server in Oslo is down. '.repeat(40)}The one in Bergen runs Debian.`;
    const folded = fold(text, 40);

    expect(folded.match(/Oslo/g)).toHaveLength(1);
    expect(folded).toContain('Bergen');
  });

  test('closes a block of code that it keeps lines of, and shows the head of a table', () => {
    const code = `Some words before.\n\`\`\`py\n${Array.from({ length: 30 }, (_, n) => `value_${n} = load_${n}(path_${n})`).join('\n')}\n\`\`\``;
    const table = `| host | region |\n|---|---|\n${Array.from({ length: 30 }, (_, n) => `| db-${n} | City${n} |`).join('\n')}`;

    expect(fold(code, 80)).toMatch(/```py\n(?:value_\d+ = .*\n)+```/);
    expect(fold(table, 80)).toMatch(/^\| host \| region \|\n\|---\|---\|\n\| db-/);
  });

  test('leaves telling words where not even a sentence fits', () => {
    const folded = fold(
      'It was there that Melanie finally saw the sunrise over Lake Michigan with me.',
      6,
    );

    expect(folded).toContain('Melanie');
    expect(folded).not.toContain('there');
  });

  test('lists what was left out, as much as the caller wants', () => {
    const options = { maxTokens: 60, counting: COUNTING };
    const none = foldText(ANSWER, { ...options, wordsShare: 0 }).text;
    const all = foldText(ANSWER, { ...options, wordsShare: 1 }).text;

    expect(none).not.toMatch(/\[also: (?:\S+ ){6}/);
    expect(all).not.toContain('. ');
    expect(foldText(ANSWER, options).text).toMatch(/\n\[also: .+\]$/);
  });

  test.each([
    ['Chinese', '我们决定使用新的数据库。价格是三百元。会议在北京举行。天气很好。'.repeat(6)],
    ['Hindi', 'हमने नया डेटाबेस चुना। कीमत तीन सौ है। बैठक दिल्ली में है। '.repeat(6)],
    ['emoji', '👩‍👩‍👧‍👦🇩🇪👍🏽'.repeat(60)],
    ['one long word', 'a'.repeat(2_000)],
    ['blank lines', `${'\n'.repeat(400)}word${'\n'.repeat(400)}end of it all`],
  ])('M-14: M-W58: never tears a character of %s apart', (_what, text) => {
    for (const maxTokens of [1, 7, 20, 40]) {
      const folded = fold(text, maxTokens);

      expect(folded).not.toMatch(LONE_SURROGATE);
      for (const piece of folded.replace(/\[also: |\]$|…/g, '').split(/\s+/)) {
        expect(text).toContain(piece);
      }
    }
  });

  test('gives nothing where there is no room for anything', () => {
    expect(fold(ANSWER, 0)).toBe('');
    expect(foldText(ANSWER, { maxTokens: Number.NaN, counting: COUNTING }).text).toBe('');
  });
});
