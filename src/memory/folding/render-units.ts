import type { KeptUnit } from './fill-room.ts';
import type { UnitFrame } from './text-unit.ts';

/** Ends a sentence of which the rest was left out. */
const CUT_MARK = '…';

/** Units in the order of the text, with the frames that they need; what stands between them is left out without a mark. */
export function renderUnits(text: string, units: readonly KeptUnit[]): string {
  let rendered = '';
  let previous: KeptUnit | null = null;
  for (const unit of units) {
    const { frame } = unit;
    const isNewFrame = frame !== null && frame !== (previous?.frame ?? null);
    if (previous !== null) {
      rendered += closing(text, previous.frame === frame ? null : previous.frame);
      rendered += joint(text, previous, unit);
    }
    if (isNewFrame) rendered += `${text.slice(frame.open.start, frame.open.end)}\n`;
    rendered += text.slice(unit.start, unit.end) + (unit.isCut === true ? CUT_MARK : '');
    previous = unit;
  }
  return rendered + closing(text, previous?.frame ?? null);
}

function closing(text: string, frame: UnitFrame | null): string {
  const close = frame?.close ?? null;
  return close === null ? '' : `\n${text.slice(close.start, close.end)}`;
}

/** A line end where the text has one or leaves a frame, nothing where it has nothing, else a space. */
function joint(text: string, previous: KeptUnit, unit: KeptUnit): string {
  if (previous.frame !== unit.frame || previous.kind !== unit.kind) return '\n';
  if (previous.end === unit.start) return '';
  // Newlines are looked for at the borders only: what lies between may be most of the text.
  const before = text.slice(Math.max(previous.end, unit.start - 2), unit.start);
  const after = text.slice(previous.end, Math.min(unit.start, previous.end + 2));
  return before.includes('\n') || after.includes('\n') || unit.kind !== 'prose' ? '\n' : ' ';
}
