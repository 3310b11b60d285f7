import { describe, expect, test } from 'vitest';
import { revivalText } from '../../../src/cli/text/revival-text.ts';

describe('revivalText', () => {
  test.each([
    [{ revived: 1100, failed: 0 }, 0, '1,100 begun anew'],
    [{ revived: 1499, failed: 0 }, 2, '1,499 begun anew, 2 left'],
    [{ revived: 1499, failed: 1 }, 1, '1,499 begun anew, 1 could not, 1 left'],
    [{ revived: 0, failed: 1000 }, 1000, '0 begun anew, 1,000 could not, 1,000 left'],
  ])('says how many began anew, could not, and are left: %o, %i', (revival, left, text) => {
    expect(revivalText(revival, left)).toBe(text);
  });
});
