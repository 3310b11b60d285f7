import { getVersion } from '../config/version.ts';
import { PagefoldError } from '../domain/errors.ts';
import type { Command } from './command.ts';
import { exportCommand } from './commands/export-command.ts';
import { importCommand } from './commands/import-command.ts';
import { queueCommand } from './commands/queue-command.ts';
import { mcpCommand } from './commands/mcp-command.ts';
import { sessionsCommand } from './commands/sessions-command.ts';
import { showCommand } from './commands/show-command.ts';
import { trackCommand } from './commands/track-command.ts';
import { workerCommand } from './commands/worker-command.ts';
import type { Terminal } from './terminal.ts';
import { safeText } from './text/safe-text.ts';
import { UsageError } from './usage-error.ts';

const COMMANDS: readonly Command[] = [
  trackCommand,
  showCommand,
  exportCommand,
  importCommand,
  sessionsCommand,
  workerCommand,
  queueCommand,
  mcpCommand,
];

const COMMAND_NAMES = COMMANDS.map(({ name }) => name).join(', ');
const PROGRAM_HINT = 'pagefold help lists the commands\n';

/** What the program ends with. */
const EXIT = { ok: 0, failure: 1, badInput: 2, interrupted: 130 } as const;

const HELP_OPTIONS = ['--help', '-h'];

/** Runs the command that the arguments name and returns the exit code; says on standard error what went wrong. */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<number> {
  const given = withHelpBehind(args);
  const [name, ...rest] = given;
  const command = COMMANDS.find((candidate) => candidate.name === name);
  try {
    // `help` has put its option last.
    if (given !== args) assertNoMore(args.slice(2));
    if (command !== undefined) await runCommand(command, rest, terminal);
    else await terminal.print(answerWithoutCommand(given));
    return EXIT.ok;
  } catch (error) {
    return reportFailure(error, { terminal, command: command?.name ?? null });
  }
}

/** `help track` asks for the same as `track --help`. */
function withHelpBehind(args: readonly string[]): readonly string[] {
  const [first, ...rest] = args;
  return first === 'help' ? [...rest, '--help'] : args;
}

async function runCommand(
  command: Command,
  args: readonly string[],
  terminal: Terminal,
): Promise<void> {
  if (args.some((arg) => HELP_OPTIONS.includes(arg))) await terminal.print(`${command.usage}\n`);
  else await command.run(args, terminal);
}

function answerWithoutCommand(args: readonly string[]): string {
  const [first, ...more] = args;
  if (first === undefined) throw new UsageError(`which command? ${COMMAND_NAMES}`);
  const answers = new Map([
    ...HELP_OPTIONS.map((option) => [option, programUsage()] as const),
    ['--version', getVersion()],
  ]);
  const answer = answers.get(first);
  if (answer === undefined) throw new UsageError(`there is no command ${first}`);
  assertNoMore(more);
  return `${answer}\n`;
}

/** Whoever asks for help twice gets it. */
function assertNoMore(words: readonly string[]): void {
  const extra = words.find((word) => !HELP_OPTIONS.includes(word));
  if (extra !== undefined) throw new UsageError(`there is no place for ${extra}`);
}

function reportFailure(
  error: unknown,
  { terminal, command }: { readonly terminal: Terminal; readonly command: string | null },
): number {
  const say = (text: string): void => terminal.warn(`pagefold: ${safeText(text)}\n`);
  if (terminal.signal.aborted) {
    say('interrupted');
    return EXIT.interrupted;
  }
  if (error instanceof UsageError) {
    say(error.message);
    terminal.warn(
      command === null ? PROGRAM_HINT : `pagefold help ${command} says how to use it\n`,
    );
    return EXIT.badInput;
  }
  if (!PagefoldError.isInstance(error)) {
    // Nobody foresaw it, so whoever is to repair it needs to know where it happened.
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return EXIT.failure;
  }
  say(error.message);
  return error.code === 'INVALID_INPUT' ? EXIT.badInput : EXIT.failure;
}

function programUsage(): string {
  const width = COMMANDS.reduce((widest, { name }) => Math.max(widest, name.length), 0);
  const commands = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    'Usage: pagefold COMMAND [ARGUMENTS]',
    '',
    'Commands:',
    ...commands,
    '',
    'pagefold help COMMAND says how to use a command, pagefold --version which version this is.',
    'Exit codes: 0 done, 1 failed, 2 bad input or usage, 130 interrupted.',
  ].join('\n');
}
