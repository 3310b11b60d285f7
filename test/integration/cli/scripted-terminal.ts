import { runProgram } from '../../../src/cli/program.ts';
import type { Terminal } from '../../../src/cli/terminal.ts';
import { InvalidInput } from '../../../src/domain/errors.ts';

/** What a run of the program came to. */
export interface ProgramRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Files as they are afterwards. */
  readonly files: Readonly<Record<string, string>>;
}

/** What the program finds when it starts. */
export interface ProgramSetting {
  /** By name; `-` is standard input. */
  readonly files?: Readonly<Record<string, string>>;
  readonly isWatched?: boolean;
  readonly columns?: number;
  readonly signal?: AbortSignal;
  /** Called with whatever goes to standard error. */
  readonly onWarn?: (text: string) => void;
}

/** Runs the program in this process, with files and streams in memory. */
export async function runInMemory(
  args: readonly string[],
  setting: ProgramSetting = {},
): Promise<ProgramRun> {
  const files = new Map(Object.entries(setting.files ?? {}));
  const printed: string[] = [];
  const warned: string[] = [];
  let nowMs = 0;
  const terminal: Terminal = {
    columns: setting.columns ?? 80,
    isWatched: setting.isWatched ?? false,
    signal: setting.signal ?? new AbortController().signal,
    untilStopped: async () => undefined,
    print: async (text) => {
      printed.push(text);
    },
    warn: (text) => {
      warned.push(text);
      setting.onWarn?.(text);
    },
    readFile: async (path) => {
      const content = files.get(path);
      if (content !== undefined) return new TextEncoder().encode(content);
      throw new InvalidInput({ field: path, expected: 'a file that can be read' });
    },
    realPath: async (path) => (files.has(path) ? path : null),
    writeFile: async (path, chunks) => {
      let content = '';
      for await (const chunk of chunks) content += chunk;
      files.set(path, content);
    },
    // A millisecond passes whenever somebody asks.
    nowMs: () => (nowMs += 1),
  };
  const exitCode = await runProgram(args, terminal);
  return {
    exitCode,
    stdout: printed.join(''),
    stderr: warned.join(''),
    files: Object.fromEntries(files),
  };
}
