/** The end of a line of the protocol. */
export const CRLF = '\r\n';
/** Kinds of values of the protocol (RESP 2 and 3) that have as many bytes as they say. */
const TEXTS: ReadonlySet<string> = new Set(['$', '=', '!']);
/** Those that have values in them: how many for each that they count. */
const LISTS: ReadonlyMap<string, number> = new Map([
  ['*', 1],
  ['~', 1],
  ['>', 1],
  ['%', 2],
]);

/** A command of a client. */
export interface Command {
  readonly words: readonly string[];
  readonly bytes: Buffer;
}

/** The first command of what came, an array of bulk strings; null while it is not whole. */
export function readCommand(bytes: Buffer): Command | null {
  const length = replyLength(bytes, 0);
  if (length === null) return null;
  const whole = bytes.subarray(0, length);
  const words: string[] = [];
  let at = lineEnd(whole, 0);
  while (at < length) {
    const size = Number(whole.toString('latin1', at + 1, lineEnd(whole, at) - 2));
    const start = lineEnd(whole, at);
    words.push(whole.toString('utf8', start, start + size));
    at = start + size + 2;
  }
  return { words, bytes: whole };
}

/** Where a value of the protocol ends that begins at a place; null while it is not whole. */
export function replyLength(bytes: Buffer, from: number): number | null {
  const end = lineEnd(bytes, from);
  if (end === 0) return null;
  const kind = String.fromCharCode(bytes[from] ?? 0);
  const size = Number(bytes.toString('latin1', from + 1, end - 2));
  if (TEXTS.has(kind)) {
    const last = size < 0 ? end : end + size + CRLF.length;
    return last <= bytes.length ? last : null;
  }
  const items = size * (LISTS.get(kind) ?? 0);
  let at: number | null = end;
  for (let item = 0; item < items && at !== null; item += 1) at = replyLength(bytes, at);
  return at;
}

/** Behind the end of the line that begins at a place; 0 while it is not whole. */
function lineEnd(bytes: Buffer, from: number): number {
  const at = bytes.indexOf(CRLF, from, 'latin1');
  return at === -1 ? 0 : at + CRLF.length;
}
