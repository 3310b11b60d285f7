import { graphemeBorder } from '../../tokens/grapheme.ts';
import { sentenceEnds } from './sentence-borders.ts';

/** A stretch of a text in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What has to stand around units for them to be understood: the marks of a code block, the head of a table. */
export interface UnitFrame {
  readonly open: Span;
  readonly close: Span | null;
}

/** The smallest piece of a text that folding keeps or leaves out as a whole. */
export interface TextUnit extends Span {
  readonly kind: 'prose' | 'heading' | 'code' | 'row';
  readonly frame: UnitFrame | null;
}

/** Longest unit; what is longer is divided between words, so that a wall of text can be folded as well. */
const MAX_UNIT_LENGTH = 480;

/** Three backticks and more on one line are code inside a sentence. */
const FENCE = /^\s*(?<mark>`{3,}(?=[^`]*$)|~{3,})/;
const FENCE_END = /^\s*(?<mark>`{3,}|~{3,})\s*$/;
const HEADING = /^\s{0,3}#{1,6}\s/;
const LIST_MARK = /^\s*(?:[-*+•–]|\d{1,3}[.)]|[a-z][.)])\s+/i;
const TABLE_ROW = /^\s*\|/;
const TABLE_RULE = /^\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$/;
const GOES_ON = /^\s*\p{Ll}/u;
const IS_ENDED = /[.!?:;。！？…]["'”’»)\]*_]*\s*$/u;
/** Nobody breaks lines that are shorter than this to fit a width. */
const MIN_WRAP_LENGTH = 40;
/** A line is looked at no further than this: fences, headings and list marks stand at its beginning. */
const LINE_HEAD = 200;

/**
 * The units of a text in order: sentences, headings, items of lists, lines of code, rows of tables. Together they hold all
 * of it but white space, marks of code blocks and heads of tables, which are the frames of others.
 */
export function textUnits(text: string): readonly TextUnit[] {
  const reader = new UnitReader(text);
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    reader.readLine({ start, end });
    start = end + 1;
  }
  return reader.finish();
}

/** A frame that is still being read. */
interface OpenFrame {
  readonly kind: 'code' | 'row';
  readonly open: Span;
  /** The mark that closes a block of code; empty in a table. */
  readonly mark: string;
  readonly lines: Span[];
}

/** Reads a text line by line. */
class UnitReader {
  readonly #text: string;
  readonly #units: TextUnit[] = [];
  #paragraph: Span | null = null;
  #lastLineLength = 0;
  #frame: OpenFrame | null = null;
  #tableHead: Span | null = null;

  constructor(text: string) {
    this.#text = text;
  }

  readLine(line: Span): void {
    const head = this.#text.slice(line.start, Math.min(line.end, line.start + LINE_HEAD));
    if (this.#frame?.kind === 'code') {
      this.#readCode(line, { head, frame: this.#frame });
      return;
    }
    const mark = FENCE.exec(head)?.groups?.['mark'];
    if (mark !== undefined) {
      this.#endBlock();
      this.#frame = { kind: 'code', open: trimmedEnd(this.#text, line), mark, lines: [] };
      return;
    }
    if (TABLE_ROW.test(head)) this.#readRow(line, head);
    else this.#readProse(line, head);
  }

  finish(): readonly TextUnit[] {
    this.#endBlock();
    return this.#units;
  }

  #readCode(
    line: Span,
    { head, frame }: { readonly head: string; readonly frame: OpenFrame },
  ): void {
    if (FENCE_END.exec(head)?.groups?.['mark']?.startsWith(frame.mark) !== true) {
      frame.lines.push(line);
      return;
    }
    this.#endFrame(trimmedEnd(this.#text, line));
  }

  #readRow(line: Span, head: string): void {
    if (this.#frame !== null) {
      this.#frame.lines.push(line);
      return;
    }
    if (this.#tableHead !== null && TABLE_RULE.test(head)) {
      const open = trimmedEnd(this.#text, { start: this.#tableHead.start, end: line.end });
      this.#tableHead = null;
      this.#frame = { kind: 'row', open, mark: '', lines: [] };
      return;
    }
    this.#endBlock();
    this.#tableHead = line;
  }

  #readProse(line: Span, head: string): void {
    const isBlank = head.trim() === '' && trimmed(this.#text, line) === null;
    const paragraph = this.#paragraph;
    if (!isBlank && paragraph !== null && this.#goesOn(paragraph, head)) {
      this.#paragraph = { start: paragraph.start, end: line.end };
      this.#lastLineLength = line.end - line.start;
      return;
    }
    this.#endBlock();
    if (isBlank) return;
    if (HEADING.test(head)) this.#push(line, 'heading');
    else this.#paragraph = line;
    this.#lastLineLength = line.end - line.start;
  }

  /** A small letter after a line without an end is the same sentence, broken to fit a width. */
  #goesOn(paragraph: Span, head: string): boolean {
    if (!GOES_ON.test(head) || LIST_MARK.test(head)) return false;
    if (this.#lastLineLength < MIN_WRAP_LENGTH) return false;
    const tail = this.#text.slice(
      Math.max(paragraph.start, paragraph.end - LINE_HEAD),
      paragraph.end,
    );
    return !IS_ENDED.test(tail);
  }

  #endBlock(): void {
    this.#endFrame(null);
    if (this.#tableHead !== null) this.#push(this.#tableHead, 'row');
    this.#tableHead = null;
    if (this.#paragraph !== null) this.#pushSentences(this.#paragraph);
    this.#paragraph = null;
  }

  #endFrame(close: Span | null): void {
    if (this.#frame === null) return;
    const { open, lines, kind } = this.#frame;
    this.#frame = null;
    const frame = { open, close };
    for (const line of lines) this.#push(line, kind, frame);
    // A head without rows is all there is of a table.
    if (kind === 'row' && lines.length === 0) this.#push(open, kind);
  }

  #pushSentences(paragraph: Span): void {
    const text = this.#text.slice(paragraph.start, paragraph.end);
    const markLength = LIST_MARK.exec(text.slice(0, LINE_HEAD))?.[0].length ?? 0;
    let start = paragraph.start;
    for (const end of sentenceEnds(text.slice(markLength))) {
      const until = paragraph.start + markLength + end;
      this.#push({ start, end: until }, 'prose');
      start = until;
    }
  }

  #push(span: Span, kind: TextUnit['kind'], frame: UnitFrame | null = null): void {
    // Lines of code keep their indentation, which may be all that tells where they belong.
    const whole =
      kind === 'code' ? trimmedEnd(this.#text, span) : (trimmed(this.#text, span) ?? span);
    if (trimmed(this.#text, whole) === null) return;
    let { start } = whole;
    while (whole.end - start > MAX_UNIT_LENGTH) {
      const border = wordBorder(this.#text, start, start + MAX_UNIT_LENGTH);
      const end = border > start ? border : runEnd(this.#text, start, whole.end);
      this.#units.push({ start, end, kind, frame });
      start = end;
      while (start < whole.end && isBlankAt(this.#text, start)) start += 1;
    }
    this.#units.push({ start, end: whole.end, kind, frame });
  }
}

/** How far before a cut a border between words is looked for. */
const MAX_WORD_LENGTH = 160;
/** How far before a cut a link may begin. */
const MAX_LINK_LENGTH = 2_048;
const LINK = /https?:\/\/[!-~]*$/;
const JOINS_NUMBER = /[\d.,:/%-]/;

/**
 * The last place at or before `at` where no word, number, link or character is torn apart, and `start` when there is none; a
 * word without end is cut between characters.
 */
export function wordBorder(text: string, start: number, at: number): number {
  if (at >= text.length) return text.length;
  for (let cut = at; cut > Math.max(start, at - MAX_WORD_LENGTH); cut -= 1) {
    if (isBlankAt(text, cut - 1) || isBlankAt(text, cut)) {
      return trimmedEnd(text, { start, end: cut }).end;
    }
  }
  const link = LINK.exec(text.slice(Math.max(start, at - MAX_LINK_LENGTH), at));
  if (link !== null) return at - link[0].length;
  let cut = graphemeBorder(text, at);
  while (cut > start && isInsideNumber(text, cut)) cut -= 1;
  return cut;
}

/** Where the run of characters without white space ends that begins at `start`. */
function runEnd(text: string, start: number, limit: number): number {
  let end = start + 1;
  while (end < limit && !isBlankAt(text, end)) end += 1;
  return end;
}

function isInsideNumber(text: string, at: number): boolean {
  return JOINS_NUMBER.test(text.charAt(at - 1)) && JOINS_NUMBER.test(text.charAt(at));
}

function isBlankAt(text: string, at: number): boolean {
  return /\s/.test(text.charAt(at));
}

/** The span without white space at both ends; null when nothing is left. */
function trimmed(text: string, span: Span): Span | null {
  let { start } = span;
  while (start < span.end && isBlankAt(text, start)) start += 1;
  const { end } = trimmedEnd(text, { start, end: span.end });
  return end > start ? { start, end } : null;
}

function trimmedEnd(text: string, span: Span): Span {
  let { end } = span;
  while (end > span.start && isBlankAt(text, end - 1)) end -= 1;
  return { start: span.start, end };
}
