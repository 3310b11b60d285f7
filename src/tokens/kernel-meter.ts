import type { TokenKernel } from '../kernel/token-kernel.ts';
import type { TextMeter } from './text-meter.ts';

/** Counts in WebAssembly; where the kernel cannot answer, the twin does, which is made when it is first needed. */
export class KernelMeter implements TextMeter {
  readonly #kernel: TokenKernel;
  readonly #createTwin: () => TextMeter;
  #twin: TextMeter | null = null;

  constructor(kernel: TokenKernel, createTwin: () => TextMeter) {
    this.#kernel = kernel;
    this.#createTwin = createTwin;
  }

  countUpTo(text: string, limit: number): number {
    return this.#kernel.countUpTo(text, limit) ?? this.#twinMeter().countUpTo(text, limit);
  }

  prefixWithin(text: string, maxTokens: number): number {
    return (
      this.#kernel.prefixWithin(text, maxTokens) ?? this.#twinMeter().prefixWithin(text, maxTokens)
    );
  }

  #twinMeter(): TextMeter {
    this.#twin ??= this.#createTwin();
    return this.#twin;
  }
}
