import { RenderMemo } from '../context/render-stretch.ts';
import { StretchMemo } from './stretch-memo.ts';

/** What is remembered of the latest contexts of one memory, so that of the next one only what is new is made. It goes with the memory. */
export class ContextMemo {
  readonly stretches: StretchMemo = new StretchMemo();
  readonly rendered: RenderMemo = new RenderMemo();

  /** What is remembered takes in UTF-16 units, roughly. */
  get bytes(): number {
    return this.stretches.bytes;
  }
}
