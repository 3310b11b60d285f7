/** A time that a text speaks of: parts of a date, or a span. Days and months are those of UTC. */
export type TimeMention =
  | {
      readonly kind: 'date';
      readonly year: number | null;
      /** From 0, as in JavaScript. */
      readonly month: number | null;
      readonly day: number | null;
    }
  | { readonly kind: 'span'; readonly fromMs: number; readonly untilMs: number };

const DAY_MS = 86_400_000;
const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
/** `3 July 2023`, `July 3rd, 2023`, `July 2023`, `in July`; `may` and `march` alone are verbs more often than months. */
const NAMED =
  /(?:(\d{1,2})(?:st|nd|rd|th)?(?: of)? )?\b(january|february|march|april|may|june|july|august|september|october|november|december)\b(?: (\d{1,2})(?:st|nd|rd|th)?\b)?(?:,? (\d{4}))?/g;
const NUMERIC = /\b(\d{4})-(\d{2})-(\d{2})\b/g;
const YEAR = /\b(?:19|20)\d\d\b/g;
const NEAR = /\b(?:today|yesterday)\b/g;
const AGO = /\b(\d{1,3}|a|an|two|three|four|five|six) (day|week|month|year)s? ago\b/g;
const LAST =
  /\b(?:last|this past|past) (day|week|month|year|sunday|monday|tuesday|wednesday|thursday|friday|saturday)\b/g;
const COUNT_WORDS: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
};
const UNIT_DAYS: Readonly<Record<string, number>> = { day: 1, week: 7, month: 30, year: 365 };

/** The times that an English text speaks of; relative ones such as `last Tuesday` only when the present is given. */
export function timeMentions(text: string, nowMs?: number): readonly TimeMention[] {
  const lower = text.toLowerCase();
  const dates = [...numericDates(lower), ...namedDates(lower)];
  const absolute = dates.length > 0 ? dates : years(lower);
  return nowMs === undefined ? absolute : [...absolute, ...spans(lower, nowMs)];
}

/** Whether a time is one that was spoken of. */
export function isMentioned(timeMs: number, mention: TimeMention): boolean {
  if (mention.kind === 'span') return timeMs >= mention.fromMs && timeMs < mention.untilMs;
  const time = new Date(timeMs);
  const { year, month, day } = mention;
  return (
    (year === null || year === time.getUTCFullYear()) &&
    (month === null || month === time.getUTCMonth()) &&
    (day === null || day === time.getUTCDate())
  );
}

function numericDates(text: string): readonly TimeMention[] {
  return [...text.matchAll(NUMERIC)].map(([, year, month, day]) => ({
    kind: 'date',
    year: Number(year),
    month: Number(month) - 1,
    day: Number(day),
  }));
}

function namedDates(text: string): readonly TimeMention[] {
  return [...text.matchAll(NAMED)]
    .filter((match) => !isVerb(text, match))
    .map(([, before, name = '', after, year]) => ({
      kind: 'date',
      year: toNumber(year),
      month: MONTHS.indexOf(name),
      day: toNumber(before ?? after),
    }));
}

function isVerb(text: string, [, before, name, after, year]: RegExpExecArray): boolean {
  if (name !== 'may' && name !== 'march') return false;
  if ((before ?? after ?? year) !== undefined) return false;
  return !new RegExp(`\\b(?:in|of|since|until|during|by|last|this|early|late) ${name}\\b`).test(
    text,
  );
}

function years(text: string): readonly TimeMention[] {
  return [...text.matchAll(YEAR)].map(([year]) => ({
    kind: 'date',
    year: Number(year),
    month: null,
    day: null,
  }));
}

function spans(text: string, nowMs: number): readonly TimeMention[] {
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS;
  return [
    ...[...text.matchAll(NEAR)].map(([word]) =>
      span(word === 'today' ? today : today - DAY_MS, DAY_MS),
    ),
    ...[...text.matchAll(AGO)].map(([, count = '', unit = '']) => ago(today, count, unit)),
    ...[...text.matchAll(LAST)].map(([, name = '']) => last(today, name)),
  ];
}

/** "Two weeks ago" is meant about as exactly as its unit. */
function ago(today: number, count: string, unit: string): TimeMention {
  const unitMs = (UNIT_DAYS[unit] ?? 1) * DAY_MS;
  const number = COUNT_WORDS[count] ?? Number(count);
  return span(today - number * unitMs - Math.floor(unitMs / 2), unitMs + DAY_MS);
}

/** "Last month" said in the middle of a month reaches back to the beginning of the one before. */
function last(today: number, name: string): TimeMention {
  const weekday = WEEKDAYS.indexOf(name);
  if (weekday >= 0) return span(lastWeekday(today, weekday), DAY_MS);
  const lengthMs = 2 * (UNIT_DAYS[name] ?? 1) * DAY_MS;
  return span(today - lengthMs, lengthMs);
}

function lastWeekday(today: number, weekday: number): number {
  const daysBack = (new Date(today).getUTCDay() - weekday + 7) % 7;
  return today - (daysBack === 0 ? 7 : daysBack) * DAY_MS;
}

function span(fromMs: number, lengthMs: number): TimeMention {
  return { kind: 'span', fromMs, untilMs: fromMs + lengthMs };
}

function toNumber(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}
