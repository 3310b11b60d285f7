import { isSecretName, secrecyOf } from './secret-name.ts';

/** A variable, a template or a mask: `$DB_PASSWORD`, `${X}`, `$(pass x)`, `{{ x }}`, `<password>`, `****`. */
const PLACEHOLDER =
  /^(?:<[\p{L}_][^<>]{0,64}(?:>|$)|\$[({]|\$(?:[A-Z_][A-Z\d_]*|[a-z_]+)(?![^\s"'`\\;,)}\]&@/:|])|\*{2,}|\{\{|%\w+%|\[?redacted\b)/u;
const ENVIRONMENT =
  /^(?:process\.env|import\.meta\.env|os\.environ|os\.getenv|System\.getenv|ENV)[.[(]/;
/** In programs, a value that comes from elsewhere. */
const CALL =
  /^(?:(?:await|new) )?[A-Za-z_$][\w$]{0,63}(?:\.[\w$]{1,63}){0,8}\([^"'`()\d]{0,64}(?:\)|$)/;
const MEMBER = /^[A-Za-z_$][\w$]{0,63}(?:\.[A-Za-z_$][\w$]{0,63}){1,8}(?![^\s"'`\\;,)}\]])/;
/** What is said of a value, or of which type it is. */
const FIRST_WORD = /^[\s"'`\\[({]{0,16}(?<word>\p{L}+)(?=$|[\s"'`\\;,)}\](){<[|?!]|[.:](?:\s|$))/u;
const SAID_WORDS: ReadonlySet<string> = new Set(
  `true false null none nil undefined yes no on off missing required optional invalid valid malformed expired revoked wrong
  incorrect empty unset enabled disabled denied failed rejected unknown unauthorized redacted must should may can cannot has
  is are was not too this string str number int integer float bool boolean bytes text varchar char any object date void stdin`.split(
    /\s+/,
  ),
);
const SCHEMA = /^\{[\s"'\\]{0,16}(?:type|description|format|minLength)\b/;
const NOTHING = /^(?:\{\s*\}|\[\s*\])/;
/** Counts, versions and sizes. */
const SMALL_NUMBER =
  /^[\s[({]{0,8}(?<digits>\d{1,3})(?:\.\d{1,3})?(?:px|r?em|m?s|[kmg]b|[mhd%])?(?![^\s"'`\\;,)}\]]|[.,]\d)/;
const WITH_DIGIT = /^["'`\\]{0,8}(?=[^\s"'`\\]*\d)[^\s"'`\\;,)}\]]{3}/;

/** Whether a text names where a value comes from, or hides it. */
export function isPlaceholder(text: string): boolean {
  return PLACEHOLDER.test(text) || ENVIRONMENT.test(text);
}

/** Whether a text stands where a value would, and is none: by its form, or since it says something of the value. */
export function isStandIn(text: string): boolean {
  if (isPlaceholder(text) || CALL.test(text)) return true;
  const member = MEMBER.exec(text)?.[0];
  if (member !== undefined && isSecretName(member.slice(member.lastIndexOf('.') + 1))) return true;
  return SAID_WORDS.has(FIRST_WORD.exec(text)?.groups?.['word']?.toLowerCase() ?? '');
}

/** Whether what a text goes on with behind a name is the secret of that name. */
export function isSecretValue(text: string, name: string): boolean {
  const secrecy = secrecyOf(name);
  if (secrecy === 'none' || isStandIn(text) || SCHEMA.test(text) || NOTHING.test(text))
    return false;
  const digits = SMALL_NUMBER.exec(text)?.groups?.['digits'];
  if (digits !== undefined) return secrecy === 'code' && digits.length === 3;
  return secrecy === 'sure' || WITH_DIGIT.test(text);
}
