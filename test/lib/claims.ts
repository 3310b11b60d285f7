import type { ClaimDraft, ClaimSource } from '../../src/domain/claim.ts';

/** A message of the user. */
export function aMessage(text: string, fields: Partial<ClaimSource> = {}): ClaimSource {
  return { pageId: 'msg_1', role: 'user', text, createdAtMs: 1_000, ...fields };
}

/** A decision about a subject. */
export function aDraft(
  subject: string,
  value: string,
  fields: Partial<ClaimDraft> = {},
): ClaimDraft {
  return {
    kind: 'decision',
    text: `${subject} is ${value}`,
    subject,
    value,
    replaces: [],
    importance: 0.9,
    provenance: ['msg_1'],
    role: 'user',
    createdAtMs: 1_000,
    ...fields,
  };
}
