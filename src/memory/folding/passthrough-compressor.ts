import type { Modality } from '../../domain/page.ts';
import type { Compressor } from './compressor.ts';

/** A compressor that folds nothing: pages of the modality stay as they are. */
export function createPassthroughCompressor(modality: Modality = 'text'): Compressor {
  return { modality, compress: () => null };
}
