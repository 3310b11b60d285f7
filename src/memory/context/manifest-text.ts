import { wrapBlock } from './context-block.ts';
import { escapedJson, type Manifest } from './manifest.ts';
import { textHead } from './text-head.ts';

/** Which part of a manifest is written. */
export interface ManifestPart {
  /** So many pages of the context. */
  readonly working: number;
  /** So many of those that can be loaded. */
  readonly available: number;
  /** Characters that hints have at most. */
  readonly hintLength: number;
}

/**
 * Writes manifests that name a part of the pages of one: what a page says is written once, when it is first needed, and a part is put
 * together from that.
 */
export class ManifestText {
  readonly #manifest: Manifest;
  readonly #start: string;
  readonly #end: string;
  readonly #working: string[] = [];
  /** Without their hints. */
  readonly #available: string[] = [];
  /** By length. */
  readonly #hints = new Map<number, string[]>();

  constructor(manifest: Manifest) {
    this.#manifest = manifest;
    this.#start = `{"working_set":[`;
    this.#end = `],"policies":${escapedJson(manifest.policies)}}`;
  }

  /** The manifest that names a part of the pages, the first of each list. */
  manifest({ working, available, hintLength }: ManifestPart): Manifest {
    const pages = this.#manifest.available_pages.slice(0, available);
    return {
      ...this.#manifest,
      working_set: this.#manifest.working_set.slice(0, working),
      available_pages: pages.map((page) => ({ ...page, hint: textHead(page.hint, hintLength) })),
    };
  }

  /** That manifest as a block, byte for byte what `manifestBlock` makes of it. */
  block({ working, available, hintLength }: ManifestPart): string {
    const { working_set: mapped, available_pages: free } = this.#manifest;
    const shown = mapped.slice(0, working).map((_, at) => this.workingEntry(at));
    const listed = free.slice(0, available).map((_, at) => this.availableEntry(at, hintLength));
    const lists = `${shown.join(',')}],"available_pages":[${listed.join(',')}`;
    return wrapBlock('MANIFEST_JSON', `${this.#start}${lists}${this.#end}`);
  }

  /** A page of the context. */
  workingEntry(at: number): string {
    return (this.#working[at] ??= escapedJson(this.#manifest.working_set[at]));
  }

  /** A page that can be loaded. */
  availableEntry(at: number, hintLength: number): string {
    const { hint = '', ...named } = this.#manifest.available_pages[at] ?? {};
    const head = (this.#available[at] ??= escapedJson(named).slice(0, -1));
    const hints = this.#hints.get(hintLength) ?? [];
    this.#hints.set(hintLength, hints);
    const end = (hints[at] ??= escapedJson(textHead(hint, hintLength)));
    return `${head},"hint":${end}}`;
  }
}
