import { parseChatExport } from '../../../src/cli/chat-export/chat-export.ts';
import { decodeSource } from '../../../src/cli/chat-export/source-text.ts';
import {
  type PlannedSession,
  planTracking,
  type PlanDefaults,
} from '../../../src/cli/chat-export/tracking-plan.ts';

const DEFAULTS: PlanDefaults = { tenant: null, model: 'gpt-4o-mini', provider: null };

/** What a file of this name and content comes to: all sessions, branches after what they branch from. */
export function plan(
  name: string,
  content: string | Uint8Array,
  defaults: Partial<PlanDefaults> = {},
): readonly PlannedSession[] {
  return planAll({ [name]: content }, defaults);
}

/** As {@link plan} for several files. */
export function planAll(
  files: Readonly<Record<string, string | Uint8Array>>,
  defaults: Partial<PlanDefaults> = {},
): readonly PlannedSession[] {
  const exports = Object.entries(files).map(([name, content]) => {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const source = decodeSource(name, bytes);
    return { stem: source.stem, conversations: parseChatExport(source) };
  });
  return planTracking(exports, { ...DEFAULTS, ...defaults }).flat();
}

/** One JSON value a line. */
export function lines(...values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}
