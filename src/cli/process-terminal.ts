import { createWriteStream } from 'node:fs';
import { readFile, realpath, rename, rm } from 'node:fs/promises';
import { addAbortSignal, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { InvalidInput, PagefoldError, StorageError } from '../domain/errors.ts';
import { onAbort } from '../domain/on-abort.ts';
import type { Terminal } from './terminal.ts';

const DEFAULT_COLUMNS = 100;
/** What a shell reports for a program that Ctrl-C ended. */
const INTERRUPTED = 130;

/** The terminal of this process. The first SIGINT asks to stop, the second one ends the process. */
export function processTerminal(): Terminal {
  const { stdout, stderr } = process;
  const controller = new AbortController();
  process.on('SIGINT', () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort();
  });
  // Whoever reads the output may have seen enough; that is no failure.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Any other failure reaches whoever printed.
    if (error.code === 'EPIPE') process.exit();
  });
  return {
    columns: stdout.columns ?? DEFAULT_COLUMNS,
    isWatched: stderr.isTTY === true,
    signal: controller.signal,
    untilStopped: () => untilStopped(controller),
    print: (text) => printTo(stdout, text),
    warn: (text) => void stderr.write(text),
    readFile: (path) => (path === '-' ? readInput(controller.signal) : readNamed(path)),
    // What stands in the way is told by whoever reads or writes it.
    realPath: (path) => realpath(path).catch(() => null),
    writeFile: (path, chunks) => writeWhole(path, chunks),
    nowMs: () => performance.now(),
  };
}

/** Only a command that waits for it has SIGTERM mean anything but the end at once. */
async function untilStopped(controller: AbortController): Promise<void> {
  const { signal } = controller;
  process.once('SIGTERM', () => controller.abort());
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    onAbort(signal, resolve);
  });
}

function printTo(stream: NodeJS.WritableStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      if (error === null || error === undefined) resolve();
      else reject(error);
    });
  });
}

async function readInput(signal: AbortSignal): Promise<Uint8Array> {
  return buffer(addAbortSignal(signal, process.stdin));
}

async function readNamed(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    const expected = `a file that can be read${reasonOf(cause)}`;
    throw new InvalidInput({ field: path, expected, cause });
  }
}

/** Writes beside the target and then takes its place, so that a failure leaves what was there. */
async function writeWhole(path: string, chunks: AsyncIterable<string>): Promise<void> {
  const draft = `${path}.${process.pid}.part`;
  try {
    await pipeline(Readable.from(chunks), createWriteStream(draft));
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true });
    // What was to be written could not be had, and says why.
    if (PagefoldError.isInstance(cause)) throw cause;
    const message = `${path} cannot be written${reasonOf(cause)}`;
    throw new StorageError({ operation: 'write', message, cause });
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
}
