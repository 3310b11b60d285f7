import { type Grapheme, graphemesOf } from './display-width.ts';

/** Breaks text into lines of at most `columns`, between words or wide characters where it can. */
export function wrap(text: string, columns: number): readonly string[] {
  return text.split('\n').flatMap((line) => wrapLine(graphemesOf(line), Math.max(columns, 2)));
}

function wrapLine(graphemes: readonly Grapheme[], columns: number): readonly string[] {
  const lines: string[] = [];
  let start = 0;
  let width = 0;
  let breakAt = 0;
  for (let index = 0; index < graphemes.length; index += 1) {
    const grapheme = graphemes[index] ?? { text: '', columns: 0 };
    while (width + grapheme.columns > columns && index > start) {
      const end = breakAt > start ? breakAt : index;
      lines.push(textOf(graphemes.slice(start, end)).trimEnd());
      start = end;
      width = widthOf(graphemes.slice(start, index));
    }
    width += grapheme.columns;
    if (isBreak(grapheme)) breakAt = index + 1;
  }
  lines.push(textOf(graphemes.slice(start)).trimEnd());
  return lines;
}

/** A line may end after a space, and after a wide character, since those languages write no spaces. */
function isBreak({ text, columns }: Grapheme): boolean {
  return text === ' ' || columns === 2;
}

function textOf(graphemes: readonly Grapheme[]): string {
  return graphemes.map(({ text }) => text).join('');
}

function widthOf(graphemes: readonly Grapheme[]): number {
  return graphemes.reduce((sum, { columns }) => sum + columns, 0);
}
