import type { ManifestLimits } from '../../domain/context-options.ts';
import { largestFittingNear } from '../../tokens/largest-fitting.ts';
import {
  buildManifest,
  DEFAULT_MANIFEST_ENTRIES,
  type Manifest,
  type ManifestSource,
} from './manifest.ts';
import { type ManifestPart, ManifestText } from './manifest-text.ts';

/** A manifest that keeps its limits. */
export interface FittedManifest {
  readonly manifest: Manifest;
  /** The block as models read it. */
  readonly text: string;
  readonly tokens: number;
}

type PageCounts = Pick<ManifestPart, 'working' | 'available'>;

interface Fitted extends Omit<FittedManifest, 'manifest'> {
  readonly part: ManifestPart;
}

/** The limits of a manifest, and who counts. */
export interface ManifestFit extends ManifestLimits {
  /** Counts tokens; more than the limit may be told as any number above it. */
  readonly countTokens: (text: string, limit: number) => number;
}

/** Hints are cut to these lengths in characters, one after the other, before pages are left out. */
const HINT_LENGTHS = [120, 60, 24] as const;
const SHORTEST_HINT = HINT_LENGTHS[2];

/** Once something has to give, pages that are shown anyway get no more than this share of entries and of tokens. */
const WORKING_SHARE = 1 / 4;

/**
 * The fullest manifest within the limits. What can be loaded is what it is for: first pages of the context go, down to a quarter,
 * then hints get shorter, then the last of the available pages go; the first of them stays before any page of the context. Null
 * when not one page fits, or when there is none.
 */
export function fitManifest(source: ManifestSource, limits: ManifestFit): FittedManifest | null {
  const { maxEntries = DEFAULT_MANIFEST_ENTRIES, maxTokens = Infinity, countTokens } = limits;
  const whole = buildManifest(source, { maxEntries });
  const all = { working: whole.working_set.length, available: whole.available_pages.length };
  if (all.working + all.available === 0) return null;
  const text = new ManifestText(whole);
  const fitted = fullest(new ManifestFitting(text, { maxTokens, countTokens }), all, maxEntries);
  if (fitted === null) return null;
  return { manifest: text.manifest(fitted.part), text: fitted.text, tokens: fitted.tokens };
}

function fullest(fitting: ManifestFitting, all: PageCounts, maxEntries: number): Fitted | null {
  const most = Math.min(all.working, Math.ceil(maxEntries * WORKING_SHARE));
  const working = all.available === 0 ? all.working : fitting.workingWithin(most);
  for (const part of fitting.isHopeless(all.available) ? [] : attempts(all, working)) {
    const fitted = fitting.fitted(part);
    if (fitted !== null) return fitted;
  }
  return fitting.mostAvailable(working, all.available) ?? fitting.mostWorking(all);
}

/** What is tried before pages that can be loaded are left out. */
function attempts(all: PageCounts, working: number): readonly ManifestPart[] {
  const [hintLength] = HINT_LENGTHS;
  const first = working === all.working ? [] : [{ ...all, hintLength }];
  return [...first, ...HINT_LENGTHS.map((length) => ({ ...all, working, hintLength: length }))];
}

/** Entries that come to so much more than there is, each counted alone, do not fit together either. */
const HOPELESS = 1.25;

/** Finds the parts of one manifest that fit. */
class ManifestFitting {
  readonly #text: ManifestText;
  readonly #maxTokens: number;
  readonly #countTokens: ManifestFit['countTokens'];

  constructor(
    text: ManifestText,
    { maxTokens, countTokens }: Pick<ManifestFit, 'countTokens'> & { readonly maxTokens: number },
  ) {
    this.#text = text;
    this.#maxTokens = maxTokens;
    this.#countTokens = countTokens;
  }

  /** A part, if it fits. */
  fitted(part: ManifestPart): Fitted | null {
    const text = this.#text.block(part);
    const tokens = this.#countTokens(text, this.#maxTokens);
    return tokens <= this.#maxTokens ? { part, text, tokens } : null;
  }

  /** Whether it is plain at once that so many pages that can be loaded are too many. */
  isHopeless(available: number): boolean {
    return this.#availableWithin(this.#maxTokens * HOPELESS, available) < available;
  }

  /** How many of the first so many pages of the context take no more than their share. */
  workingWithin(most: number): number {
    const share = Math.floor(this.#maxTokens * WORKING_SHARE);
    return this.#workingWithin(share, most);
  }

  /** As many pages that can be loaded as fit; null when that is none. */
  mostAvailable(working: number, available: number): Fitted | null {
    const part = { working, available: 0, hintLength: SHORTEST_HINT };
    const guess = this.#availableWithin(this.#left(part), available);
    return this.#most({ guess, highest: available }, (count) => ({ ...part, available: count }));
  }

  /** As many pages of the context as fit besides the first that can be loaded, or without it when it is too long itself. */
  mostWorking(all: PageCounts): Fitted | null {
    const first = { working: 0, available: Math.min(1, all.available), hintLength: SHORTEST_HINT };
    const base = first.available === 0 ? null : this.fitted(first);
    const part = base === null ? { ...first, available: 0 } : first;
    const guess = this.#workingWithin(this.#left(part), all.working);
    const most = this.#most({ guess, highest: all.working }, (count) => ({
      ...part,
      working: count,
    }));
    return most ?? base;
  }

  #most(
    { guess, highest }: { readonly guess: number; readonly highest: number },
    partOf: (count: number) => ManifestPart,
  ): Fitted | null {
    // Whatever is asked about later is above all that fitted before, so the last that fits is the answer.
    let last: Fitted | null = null;
    largestFittingNear(guess, highest, (count) => {
      const fitted = this.fitted(partOf(count));
      last = fitted ?? last;
      return fitted !== null;
    });
    return last;
  }

  /** Tokens that a part leaves. */
  #left(part: ManifestPart): number {
    return this.#maxTokens - this.#countTokens(this.#text.block(part), this.#maxTokens);
  }

  #workingWithin(maxTokens: number, most: number): number {
    return this.#countWithin(maxTokens, most, (at) => this.#text.workingEntry(at));
  }

  #availableWithin(maxTokens: number, most: number): number {
    return this.#countWithin(maxTokens, most, (at) => this.#text.availableEntry(at, SHORTEST_HINT));
  }

  /** How many entries come to no more than so many tokens, each counted alone: nearly what they add. */
  #countWithin(maxTokens: number, most: number, entryAt: (at: number) => string): number {
    let left = maxTokens;
    for (let at = 0; at < most; at += 1) {
      left -= this.#countTokens(`${entryAt(at)},`, Math.max(0, left));
      if (left < 0) return at;
    }
    return most;
  }
}
