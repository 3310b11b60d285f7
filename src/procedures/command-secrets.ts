import { isSecretName } from './secret-name.ts';

/** How a program takes a password under an option of one letter, which means something else to others. */
interface PasswordOption {
  readonly option: string;
  /** Whether the password stands right behind the letter, in the next word, or either. */
  readonly place: 'glued' | 'next' | 'either';
}

const GLUED: PasswordOption = { option: '-p', place: 'glued' };
const NEXT: PasswordOption = { option: '-p', place: 'next' };
const CAPITAL: PasswordOption = { option: '-P', place: 'either' };
const LDAP: PasswordOption = { option: '-w', place: 'either' };
/** By the name of the program, or of what is asked of it: `docker login`. */
const PASSWORD_OPTIONS: ReadonlyMap<string, PasswordOption> = new Map([
  ...['mysql', 'mysqldump', 'mysqladmin', 'mysqlimport', 'mysqlshow'].map(named(GLUED)),
  ...['mariadb', 'mariadb-dump', 'mariadb-admin', '7z', '7za', '7zr'].map(named(GLUED)),
  ...['mongo', 'mongosh', 'mongodump', 'mongorestore', 'login'].map(named(NEXT)),
  ...['sqlcmd', 'bcp', 'zip', 'unzip'].map(named(CAPITAL)),
  ...['ldapsearch', 'ldapadd', 'ldapmodify', 'ldapwhoami'].map(named(LDAP)),
  ['sshpass', { option: '-p', place: 'either' }],
  ['redis-cli', { option: '-a', place: 'next' }],
  ['curl', { option: '-u', place: 'glued' }],
]);
/** To these `-u` names whom a command runs as. */
const CONTAINERS: ReadonlySet<string> = new Set(['docker', 'podman', 'nerdctl', 'kubectl']);
const USER_OPTIONS: ReadonlySet<string> = new Set(['-u', '-U', '--user', '--proxy-user']);
const SEPARATORS: ReadonlySet<string> = new Set(['|', '||', '&', '&&', ';']);
/** What stands around words in a shell, in JSON and in code. */
const WRAPPING: ReadonlySet<string> = new Set('"\'`\\()[]{},;');
const FLAG = /^--?(?<name>\p{L}[\p{L}\p{M}\p{N}_.-]{0,63})$/u;
/** A flag that says that there is no secret, or where it comes from. */
const NO_VALUE = /^(?:no|without|skip|ask|prompt)-|-(?:stdin|file|path|prompt)$/i;
/** `<password>` and `$PASSWORD` stand for one. */
const PLACEHOLDER = /^(?:<.*|\$\w+|\$\{\w+\}?|redacted)$/;
/** What goes on where a text speaks of a flag. */
const PROSE: ReadonlySet<string> = new Set(
  `a an and any argument as at be been but by can cannot could did do does flag flags for from given had has have if in instead into
  is it its may missing must needs nor not of on only option options or parameter required requires set should so switch than that
  the then to too unless until use used value was were when which will with without would`.split(
    /\s+/,
  ),
);
const CREDENTIALS = /^(?!\d+:\d+$)[^\s:/@]{1,128}:(?!\/\/)./;

/** Which words of a command hold a secret, by the options that they are or stand behind. */
export function secretWords(words: readonly string[]): ReadonlySet<number> {
  const found = new Set<number>();
  let program = '';
  for (const [index, written] of words.entries()) {
    const word = bareWord(written);
    if (hasSecretInside(word, program)) found.add(index);
    const next = bareWord(words[index + 1] ?? '');
    if (isValue(next) && awaitsSecret(word, { next, program })) found.add(index + 1);
    program = programAfter(program, { word, written });
  }
  return found;
}

function named(option: PasswordOption): (name: string) => [string, PasswordOption] {
  return (name) => [name, option];
}

function hasSecretInside(word: string, program: string): boolean {
  const user = /^--(?:proxy-)?user=(?<value>.+)/.exec(word)?.groups?.['value'];
  if (user !== undefined) return CREDENTIALS.test(bareWord(user));
  const own = PASSWORD_OPTIONS.get(program);
  if (own === undefined || own.place === 'next' || !word.startsWith(own.option)) return false;
  const value = word.slice(own.option.length);
  return program === 'curl' ? CREDENTIALS.test(value) : value !== '';
}

function awaitsSecret(
  word: string,
  { next, program }: { readonly next: string; readonly program: string },
): boolean {
  if (!word.startsWith('-')) return false;
  const own = PASSWORD_OPTIONS.get(program);
  if (own !== undefined && own.option === word && own.place !== 'glued') return true;
  if (USER_OPTIONS.has(word)) return !CONTAINERS.has(program) && CREDENTIALS.test(next);
  const name = FLAG.exec(word)?.groups?.['name'];
  return name !== undefined && !NO_VALUE.test(name) && isSecretName(name);
}

function isValue(word: string): boolean {
  if (word === '' || word.startsWith('-') || word.endsWith(':')) return false;
  if (PLACEHOLDER.test(word)) return false;
  return !PROSE.has(word.toLowerCase());
}

/** Which program the options of the next word are for. */
function programAfter(
  before: string,
  { word, written }: { readonly word: string; readonly written: string },
): string {
  if (SEPARATORS.has(written) || written.endsWith(';')) return '';
  const name = word
    .slice(Math.max(word.lastIndexOf('/'), word.lastIndexOf('\\')) + 1)
    .toLowerCase();
  const known = name.endsWith('.exe') ? name.slice(0, -4) : name;
  return PASSWORD_OPTIONS.has(known) || CONTAINERS.has(known) ? known : before;
}

/** By hand, since an expression that looks for the end of a run takes the square of its length. */
function bareWord(word: string): string {
  let start = 0;
  let end = word.length;
  while (start < end && WRAPPING.has(word.charAt(start))) start += 1;
  while (end > start && WRAPPING.has(word.charAt(end - 1))) end -= 1;
  return word.slice(start, end);
}
