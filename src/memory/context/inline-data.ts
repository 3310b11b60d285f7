/** How long a run of base64 has to be to count as data: below it may be a key, a hash or a word. */
const MIN_BASE64_LENGTH = 512;

// Every repeat is bounded or of one class that excludes what follows it, so that matching takes linear time.
const DATA_URL =
  /data:([a-z0-9.+-]{0,60}\/[a-z0-9.+-]{0,60})?(?:;[a-z0-9=._-]{0,60}){0,5};base64,(?:[a-z0-9+/=_-]|\\\/)*/gi;
const BASE64_RUN = new RegExp(`[A-Za-z0-9+/_-]{${MIN_BASE64_LENGTH},}={0,2}`, 'g');
const STAND_IN = /^\[[^\]]{1,130} data\]$/;

/** Whether a text is the data of a medium itself: a data URL, or base64 alone. */
export function isInlineData(text: string): boolean {
  const trimmed = text.trim();
  if (/^data:/i.test(trimmed)) return true;
  const named = withoutInlineData(trimmed);
  return named !== trimmed && STAND_IN.test(named);
}

/**
 * A running text in which data URLs and long runs of base64 are named instead of shown: `[image/png data]`, `[base64 data]`. Thousands
 * of tokens of them tell a model nothing. A text has no fields that tell what is data, as a value has for `withoutData` of the domain.
 */
export function withoutInlineData(text: string): string {
  const withoutUrls = text.replaceAll(
    DATA_URL,
    (_, mime: string | undefined) => `[${mime ?? 'base64'} data]`,
  );
  if (withoutUrls.length < MIN_BASE64_LENGTH) return withoutUrls;
  return withoutUrls.replaceAll(BASE64_RUN, (run) => (isMixed(run) ? '[base64 data]' : run));
}

/** Base64 of anything has all kinds of characters; a rule of dashes, a padded word or hexadecimal has not. */
function isMixed(run: string): boolean {
  return /[a-z]/.test(run) && /[A-Z]/.test(run) && /\d/.test(run);
}
