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
 * Writes manifests that name a part of the pages of one: what every page says is written once, and a part is put together from that.
 */
export class ManifestText {
  readonly #manifest: Manifest;
  readonly #start: string;
  readonly #end: string;
  readonly #working: readonly string[];
  /** Without their hints. */
  readonly #available: readonly string[];
  readonly #hints = new Map<number, readonly string[]>();

  constructor(manifest: Manifest) {
    this.#manifest = manifest;
    this.#start = `{"session_id":${escapedJson(manifest.session_id)},"working_set":[`;
    this.#end = `],"policies":${escapedJson(manifest.policies)}}`;
    this.#working = manifest.working_set.map((page) => escapedJson(page));
    this.#available = manifest.available_pages.map((page) => {
      const { hint: _, ...named } = page;
      return escapedJson(named).slice(0, -1);
    });
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
    const hints = this.#hintsOf(hintLength);
    const pages = this.#available.slice(0, available).map((page, at) => page + (hints[at] ?? ''));
    const mapped = this.#working.slice(0, working).join(',');
    const json = `${this.#start}${mapped}],"available_pages":[${pages.join(',')}${this.#end}`;
    return wrapBlock('MANIFEST_JSON', json);
  }

  /** What a page of the context adds. */
  workingEntry(at: number): string {
    return `${this.#working[at] ?? ''},`;
  }

  /** What a page that can be loaded adds. */
  availableEntry(at: number, hintLength: number): string {
    return `${this.#available[at] ?? ''}${this.#hintsOf(hintLength)[at] ?? ''},`;
  }

  #hintsOf(length: number): readonly string[] {
    const known = this.#hints.get(length);
    if (known !== undefined) return known;
    const hints = this.#manifest.available_pages.map(
      ({ hint }) => `,"hint":${escapedJson(textHead(hint, length))}}`,
    );
    this.#hints.set(length, hints);
    return hints;
  }
}
