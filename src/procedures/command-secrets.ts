import { isSecretValue, isStandIn } from './secret-value.ts';

/** The end of a line among the words of a text: a command does not go on there. */
export const LINE_END = '\n';

/** How a program takes a password under an option, which means something else to others. */
interface PasswordOption {
  readonly option: RegExp;
  /** Whether the password stands right behind the option, in the next word, or either. */
  readonly place: 'glued' | 'next' | 'either';
  /** What the value is like where it is not the password alone. */
  readonly form: RegExp;
}

const ANYTHING = /./;
/** A name and a password; two numbers are ids of a user and a group. */
const CREDENTIALS = /^(?!\d+:\d+$)[^\s:/@]{1,128}:(?!\/\/)./;
const GLUED: PasswordOption = { option: /^-p/, place: 'glued', form: ANYTHING };
const EITHER: PasswordOption = { option: /^-p/, place: 'either', form: ANYTHING };
const CAPITAL: PasswordOption = { option: /^-P/, place: 'either', form: ANYTHING };
const LDAP: PasswordOption = { option: /^-w/, place: 'either', form: ANYTHING };
const USER: PasswordOption = {
  option: /^(?:-u|--user(?:=|$))/,
  place: 'either',
  form: CREDENTIALS,
};
const AUTH: PasswordOption = {
  option: /^(?:-a|--auth(?:=|$))/,
  place: 'either',
  form: CREDENTIALS,
};
const SAMBA: PasswordOption = {
  option: /^(?:-U|--user(?:=|$))/,
  place: 'either',
  form: /^[^\s%]{1,128}%./,
};
/** By the name of the program, or of what is asked of it. */
const PASSWORD_OPTIONS: ReadonlyMap<string, PasswordOption> = new Map([
  ...['mysql', 'mysqldump', 'mysqladmin', 'mysqlimport', 'mysqlshow'].map(named(GLUED)),
  ...['mariadb', 'mariadb-dump', 'mariadb-admin'].map(named(GLUED)),
  ...['7z', '7za', '7zr', 'rar', 'unrar'].map(named(GLUED)),
  ...['mongo', 'mongosh', 'mongodump', 'mongorestore', 'sshpass', 'docker login'].map(
    named(EITHER),
  ),
  ...['sqlcmd', 'bcp', 'zip', 'unzip'].map(named(CAPITAL)),
  ...['ldapsearch', 'ldapadd', 'ldapmodify', 'ldapwhoami'].map(named(LDAP)),
  ...['wget', 'hurl', 'curlie'].map(named(USER)),
  ...['http', 'https', 'httpie', 'xh'].map(named(AUTH)),
  ...['smbclient', 'rpcclient', 'smbget'].map(named(SAMBA)),
  ['ssh-keygen', { option: /^-N/, place: 'next', form: ANYTHING }],
  ['redis-cli', { option: /^-a/, place: 'either', form: ANYTHING }],
  // Behind letters that take no value themselves, as in `-sSu`.
  ['curl', { ...USER, option: /^(?:-[sSkLfivgGIjlnNqaB#046]{0,8}[uU]|--user(?:=|$))/ }],
]);
/** What is asked of these stands behind their name, and programs that they start behind that of a container. */
const CONTAINERS: ReadonlySet<string> = new Set(
  'docker podman nerdctl kubectl oc docker-compose podman-compose'.split(' '),
);
/** These log in with the options of `docker login`. */
const LOGINS: ReadonlySet<string> = new Set(
  'docker podman nerdctl az oc cf helm registry buildah skopeo crane'.split(' '),
);
/** What starts the program that is named behind it, at most behind one value of its own. */
const STARTERS: ReadonlySet<string> = new Set(
  'sudo doas env exec time nohup nice command xargs timeout watch then do if while eval run use execute try'.split(
    ' ',
  ),
);
/** What people say before a command. */
const LEADS: ReadonlySet<string> = new Set('with using via by call ran running'.split(' '));
const SEPARATORS: ReadonlySet<string> = new Set(['|', '||', '&', '&&', ';', LINE_END]);
const PROMPT = /^[$#%]$|[^"'\\][:$#%>]$/;
const ASSIGNED = /^\w{1,64}=/;
/** What stands around words in a shell, in JSON and in code. */
const WRAPPING: ReadonlySet<string> = new Set('"\'`\\()[]{},;');
const FLAG = /^--?(?<name>\p{L}[\p{L}\p{M}\p{N}_.-]{0,63})$/u;
/** A flag that says that there is no secret, or where it comes from. */
const NO_VALUE = /^(?:no|without|skip|ask|prompt)-|-(?:stdin|file|path|prompt)$/i;
/** What goes on where a text speaks of a flag. */
const PROSE: ReadonlySet<string> = new Set(
  `a an and any argument as at be been but by can cannot could did do does flag flags for from given had has have if in instead into
  is it its may missing must needs nor not of on only option options or parameter required requires set should so switch than that
  the then to too unless until use used value was were when which will with without would`.split(
    /\s+/,
  ),
);
/** Which words of a command hold a secret, by the options that they are or stand behind. */
export function secretWords(words: readonly string[]): ReadonlySet<number> {
  const found = new Set<number>();
  let command = NO_COMMAND;
  for (const [index, written] of words.entries()) {
    const word = bareWord(written);
    const options = PASSWORD_OPTIONS.get(command.program);
    if (hasSecretInside(word, options)) found.add(index);
    const at = words[index + 1] === LINE_END ? index + 2 : index + 1;
    const next = bareWord(words[at] ?? '');
    if (isValue(next) && awaitsSecret(word, { next, options })) found.add(at);
    command = commandAfter(command, { word, written });
  }
  return found;
}

function named(option: PasswordOption): (name: string) => [string, PasswordOption] {
  return (name) => [name, option];
}

function hasSecretInside(word: string, own: PasswordOption | undefined): boolean {
  if (!word.startsWith('-')) return false;
  const proxyUser = /^--proxy-user=(?<value>.+)/.exec(word)?.groups?.['value'];
  if (proxyUser !== undefined) return CREDENTIALS.test(bareWord(proxyUser));
  const option = own === undefined || own.place === 'next' ? undefined : own.option.exec(word)?.[0];
  if (own === undefined || option === undefined) return false;
  const value = bareWord(word.slice(option.length));
  return own.form.test(value) && !isStandIn(value);
}

function awaitsSecret(
  word: string,
  { next, options }: { readonly next: string; readonly options: PasswordOption | undefined },
): boolean {
  if (!word.startsWith('-')) return false;
  if (word === '--proxy-user') return CREDENTIALS.test(next);
  if (options !== undefined && options.place !== 'glued' && options.option.exec(word)?.[0] === word)
    return options.form.test(next);
  const name = FLAG.exec(word)?.groups?.['name'];
  return name !== undefined && !NO_VALUE.test(name) && isSecretValue(next, name);
}

function isValue(word: string): boolean {
  if (word === '' || word.startsWith('-') || word.endsWith(':')) return false;
  return !isStandIn(word) && !PROSE.has(word.toLowerCase());
}

/** What is known of a command by its words so far. */
interface Command {
  /** Which program the options of the next word are for. */
  readonly program: string;
  /** How many more words may be the name of the program. */
  readonly awaited: number;
  readonly container: boolean;
  readonly before: string;
}

const NO_COMMAND: Command = { program: '', awaited: 1, container: false, before: '' };

function commandAfter(
  command: Command,
  { word, written }: { readonly word: string; readonly written: string },
): Command {
  if (SEPARATORS.has(written) || written.endsWith(';') || PROMPT.test(written)) return NO_COMMAND;
  const name = programName(word);
  const begun = beginsCommand(written) && opensCommand(name, command) ? NO_COMMAND : command;
  if (LOGINS.has(begun.before) && name === 'login') return { ...begun, program: 'docker login' };
  const isAwaited = begun.awaited > 0 && !word.startsWith('-');
  if (begun.container ? standsBehindContainer(name, begun.before) : isAwaited && isProgram(name))
    return { ...begun, program: name, awaited: 0, container: false };
  return { ...begun, ...leadOf(name, { word, begun, isAwaited }), before: name };
}

/** What a word that is no program itself says of where one follows. */
function leadOf(
  name: string,
  {
    word,
    begun,
    isAwaited,
  }: { readonly word: string; readonly begun: Command; readonly isAwaited: boolean },
): Partial<Command> {
  if (begun.program === '' && LEADS.has(name)) return NO_COMMAND;
  if (!isAwaited) return {};
  if (STARTERS.has(name)) return { awaited: 2 };
  if (CONTAINERS.has(name)) return { container: true };
  const isName = /\p{L}/u.test(word) && !ASSIGNED.test(word);
  return isName ? { awaited: begun.awaited - 1 } : {};
}

/** As in `docker exec db mysql`; behind an option or what is asked of it stands the name of a container or an image. */
function standsBehindContainer(name: string, before: string): boolean {
  if (!isProgram(name)) return false;
  return before === '--' || !/^(?:-.*|exec|run|start|stop|restart|logs|pull|rm|up)$/.test(before);
}

function isProgram(name: string): boolean {
  return PASSWORD_OPTIONS.has(name);
}

/** Inside of a text, behind a quotation mark, a bracket or a sign of the shell, unless it is in an address. */
function beginsCommand(written: string): boolean {
  return /["'`(|&;][\w/]/.test(written) && !written.includes('://');
}

/** A value in quotation marks ends no command. */
function opensCommand(name: string, { program }: Command): boolean {
  return isProgram(name) || (program === '' && (STARTERS.has(name) || CONTAINERS.has(name)));
}

function programName(word: string): string {
  const name = /[^/\\"'`(|&;]*$/.exec(word)?.[0].toLowerCase() ?? '';
  return name.endsWith('.exe') ? name.slice(0, -4) : name;
}

/** By hand, since an expression that looks for the end of a run takes the square of its length. */
function bareWord(word: string): string {
  let start = 0;
  let end = word.length;
  while (start < end && WRAPPING.has(word.charAt(start))) start += 1;
  while (end > start && WRAPPING.has(word.charAt(end - 1))) end -= 1;
  return word.slice(start, end);
}
