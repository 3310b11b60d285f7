import { LINE_END, secretWords } from './command-secrets.ts';
import { isSecretValue } from './secret-value.ts';

/** Forms of credentials that say themselves what they are. */
const SECRET_FORMS: readonly RegExp[] = [
  /\b[Bb]earer\s+\S{8,}|\b[Bb]asic\s+(?=\S*(?:=|[a-z\d][A-Z]))[\w+/=-]{8,}/,
  /\bA(?:KIA|SIA)[0-9A-Z]{16}\b|\bAIza[\w-]{30,}|-----BEGIN [A-Z ]*PRIVATE KEY/,
  /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/,
  /\b(?:(?:sk|pk|rk|gh[opsru]|glpat|xox[abeoprs])[-_]|github_pat_|npm_|hf_|whsec_|shpat_|dop_v1_|hvs\.|ya29\.)[\w-]{16,}/,
  /\bSG\.[\w-]{12,}\.[\w-]{12,}|\bAGE-SECRET-KEY-1|\bhooks\.slack\.com\/services\/\w/i,
  /:\/\/[^\s/:@]*:[^\s/:@]+@|\bhttps?:\/\/(?=[^\s/:@]{0,64}\d)[^\s/:@]{12,}@/,
  /[?&#](?:key|code|access)=(?=[^\s&#"'`]*\d)[^\s&#"'`]{6}/,
];
/** One word of at least 32 mixed characters, or of 40 as keys of clouds are: nobody writes such a thing. */
const MIXED_WORDS: readonly RegExp[] = [
  /(?<![\w-])(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*\d)[\w-]{32,}/g,
  /(?<![\w/+])(?=[\w/+]*[a-z])(?=[\w/+]*[A-Z])(?=[\w/+]*\d)[\w/+]{40}(?![\w/+])/g,
];
/** Except in programs, whose names are words behind one another. */
const CAMEL_CASE =
  /^(?:(?:[A-Z]{0,5}[a-z]{2,}(?![a-z])|[A-Z]?[a-z](?=[A-Z]))\d{0,3}(?!\d)[/_-]?)+$/;
/** As people say it. Outside of English only with a digit, since what is wrong with a password is said in the same words. */
const SPOKEN_FORMS: readonly RegExp[] = [
  /\b(?:password|passphrase|passcode|pin|otp) is:? (?!\w+ed\b|(?:not|too|in|no|an?|the|wrong|missing|invalid|incorrect|empty|weak|valid|correct)\b)\S{3}/i,
  /\b(?:api key|access key|secret|token) is (?=\S{0,64}\d)\S{6}/i,
  /(?<!\p{L})(?:passwort|kennwort|contraseña|clave|senha|mot de passe|wachtwoord|hasło|heslo|şifre) (?:ist|lautet|es|est|é|is|to|je) (?=\S{0,64}\d)\S{3}|(?<!\p{L})пароль (?:это )?(?=\S{0,64}\d)\S{3}/iu,
  /(?:密码|密碼|口令|パスワード|暗証番号|비밀번호|รหัสผ่าน)[^\w\s]{0,3} ?(?=[!-~]{0,64}\d)[!-~]{3}/u,
  /(?:mot de passe|palavra-passe|kata sandi|mật khẩu|كلمة (?:المرور|السر)|رمز عبور|(?:api|access|private|secret) key) {0,2}[:=：] {0,2}\S{3}/iu,
  /\b(?:identified by|with (?:encrypted )?password) (?:password )?["']/i,
  /\b(?:user|role) \S{1,64} (?:[^'"\n]{0,64} )?password ["']\S|\bset password for [^=\n]{1,100}=|\blogin\s{1,4}\S{1,64}\s{1,4}password\s{1,4}\S/i,
  /password\(\s{0,4}["'][^"'\s]{3}/i,
];
/** A name and what stands behind it in a text, as in JSON, in headers, in addresses, and as people write it. The value is looked
 * at only, since the next name may begin in it. */
const ASSIGNMENT =
  /(?<!\b(?:palabras?|unexpected) )(?<name>[\p{L}_][\p{L}\p{M}\p{N}_-]{0,63})["'\\]{0,8}\s{0,4}(?:=>|[:=：＝])\s{0,4}["'\\]{0,8}(?!\[redacted\])(?=(?<value>(?:[{[]|[^\s"'\\]{3})[^\n\r]{0,80}))/giu;
const ELEMENT =
  /<(?<name>[\p{L}_][\p{L}\p{M}\p{N}_.-]{0,63})(?: [^<>]{0,100})?>\s{0,4}(?=(?<value>[^\s<]{3}[^<]{0,80}))/gu;
/** In groups as on the card, or without any; in a row of single digits nobody writes one. */
const CARD =
  /(?<![\p{L}\d_.+-])[2-6]\d{3}(?:(?<sign>[ -])\d{4}\k<sign>\d{4}\k<sign>\d{1,4}(?:\k<sign>\d{1,3})?|(?<other>[ -])\d{6}\k<other>\d{4,5}|\d{11,12})(?![\p{L}\d_]|[.-]\d)/gu;
/** The words of a command, also where it is written as a list. */
const WORD_BREAK = /[\s,]+|["'`[({](?=-)/;
/** Unless the line says that it goes on, or is of a list. */
const END_OF_COMMAND = /(?<![\\,[({][ \t]{0,4})\r?\n/;

/** Whether a text looks as if it held a secret. */
export function holdsSecret(text: string): boolean {
  if ([...SECRET_FORMS, ...SPOKEN_FORMS].some((form) => form.test(text))) return true;
  if (MIXED_WORDS.some((form) => holdsMixedWord(text, form))) return true;
  if (namesSecret(text, ASSIGNMENT) || namesSecret(text, ELEMENT) || holdsCard(text)) return true;
  return text.includes('-') && secretWords(wordsOf(text)).size > 0;
}

function wordsOf(text: string): readonly string[] {
  return text.split(END_OF_COMMAND).flatMap((line) => [...line.split(WORD_BREAK), LINE_END]);
}

function namesSecret(text: string, form: RegExp): boolean {
  for (const { groups } of text.matchAll(form))
    if (isSecretValue(groups?.['value'] ?? '', groups?.['name'] ?? '')) return true;
  return false;
}

function holdsMixedWord(text: string, form: RegExp): boolean {
  for (const [word] of text.matchAll(form)) if (!CAMEL_CASE.test(word)) return true;
  return false;
}

function holdsCard(text: string): boolean {
  for (const [number] of text.matchAll(CARD)) if (hasCheckDigit(number)) return true;
  return false;
}

/** By the rule of Luhn, which one of ten numbers meets by chance. */
function hasCheckDigit(number: string): boolean {
  const digits = number.replaceAll(/\D/g, '');
  let sum = 0;
  for (const [index, digit] of [...digits].toReversed().entries()) {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}
