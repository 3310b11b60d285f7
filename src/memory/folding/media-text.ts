import type { ParsedFoldablePage } from '../../domain/foldable-page.ts';

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3_600;

/** What a medium is, in brackets: `[video 1:02:03 5 scenes]`. */
export function mediaHead(page: ParsedFoldablePage): string {
  const { modality, durationSeconds, dimensions, scenes } = page;
  const parts = [
    modality,
    durationText(durationSeconds),
    dimensions === null ? '' : dimensions.join('x'),
    scenes.length === 0 ? '' : `${scenes.length} ${scenes.length === 1 ? 'scene' : 'scenes'}`,
  ];
  return `[${parts.filter((part) => part !== '').join(' ')}]`;
}

/** All that is known of a medium in words, a line each: caption, scenes with their times, transcript. */
export function mediaText(page: ParsedFoldablePage): string {
  // What was folded before is words already.
  if (page.level > 0 && typeof page.content === 'string') return page.content;
  const { caption, scenes, transcript } = page;
  const lines = [
    caption ?? '',
    ...scenes.map(({ atSeconds, description }) => `${durationText(atSeconds)} ${description}`),
    transcript ?? '',
  ];
  return lines.filter((line) => line.trim() !== '').join('\n');
}

/** Minutes and seconds, and hours where there are any: `3:25`, `1:02:03`; empty for none. */
export function durationText(seconds: number | null): string {
  if (seconds === null) return '';
  const whole = Math.round(seconds);
  const hours = Math.floor(whole / HOUR_SECONDS);
  const minutes = Math.floor((whole % HOUR_SECONDS) / MINUTE_SECONDS);
  const rest = String(whole % MINUTE_SECONDS).padStart(2, '0');
  return hours === 0
    ? `${minutes}:${rest}`
    : `${hours}:${String(minutes).padStart(2, '0')}:${rest}`;
}
