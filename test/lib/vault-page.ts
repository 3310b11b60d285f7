import type { VaultPage } from '../../src/artifacts/vault-page.ts';

/** A page as a vault takes it. */
export function aVaultPage(parts: Partial<VaultPage> = {}): VaultPage {
  return {
    pageId: 'msg_1',
    pageType: 'transcript',
    modality: 'text',
    role: 'user',
    content: 'What does it cost?',
    provenance: [],
    importance: 0.6,
    createdAtMs: 1_767_225_600_000,
    hint: '[user] What does it cost?',
    speaker: null,
    toolName: null,
    mimeType: null,
    sizeBytes: null,
    durationSeconds: null,
    dimensions: null,
    transcript: null,
    caption: null,
    scenes: [],
    metadata: {},
    ...parts,
  };
}

/** Pages `msg_1` to `msg_<count>`, all different. */
export function someVaultPages(count: number): readonly VaultPage[] {
  return Array.from({ length: count }, (_, index) =>
    aVaultPage({ pageId: `msg_${index + 1}`, content: `What was said, number ${index + 1}` }),
  );
}
