import { describe, expect, test } from 'vitest';
import { isMentioned, timeMentions } from '../../../../src/memory/search/time-mention.ts';

/** A Wednesday. */
const NOW = Date.UTC(2026, 10, 25, 15);

function mentions(text: string, day: string): boolean {
  return timeMentions(text, NOW).some((mention) =>
    isMentioned(Date.parse(`${day}T12:00Z`), mention),
  );
}

describe('timeMentions', () => {
  test.each([
    ['on 2024-03-15', '2024-03-15', '2024-03-16'],
    ['on 3 July, 2023', '2023-07-03', '2023-07-04'],
    ['on July 3rd 2023', '2023-07-03', '2022-07-03'],
    ['in July 2023', '2023-07-20', '2023-08-01'],
    ['in May', '2024-05-02', '2024-06-02'],
    ['the 4th of march', '2024-03-04', '2024-03-05'],
    ['back in 2022', '2022-01-01', '2023-01-01'],
    ['today', '2026-11-25', '2026-11-24'],
    ['yesterday', '2026-11-24', '2026-11-25'],
    ['last Tuesday', '2026-11-24', '2026-11-17'],
    ['last Wednesday', '2026-11-18', '2026-11-25'],
    ['two weeks ago', '2026-11-11', '2026-11-25'],
    ['3 days ago', '2026-11-22', '2026-11-25'],
    ['last month', '2026-10-10', '2026-09-10'],
  ])('reads "%s"', (text, then, otherwise) => {
    expect([mentions(text, then), mentions(text, otherwise)]).toEqual([true, false]);
  });

  test('takes no verb for a month, and no number for a year', () => {
    expect(timeMentions('You may march on with 1500 of 12345')).toEqual([]);
  });

  test('reads relative times only when the present is given', () => {
    expect(timeMentions('yesterday')).toEqual([]);
  });
});
