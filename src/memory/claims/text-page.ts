import { createMemoryPage, type MemoryPage } from '../../domain/memory-page.ts';

/** What a page of the type `claim` is made of. */
export interface TextPageParts extends Pick<
  MemoryPage,
  'pageId' | 'role' | 'hint' | 'importance' | 'provenance' | 'createdAtMs' | 'metadata'
> {
  readonly text: string;
}

/** A claim page of text. */
export function textPage({ text, ...parts }: TextPageParts): MemoryPage {
  return createMemoryPage({ ...parts, pageType: 'claim', content: text });
}
