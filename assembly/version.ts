import { LAYOUT_VERSION } from './shared/layout';
import { LAYOUT_HASH } from './shared/layout-hash.generated';

/** The layout this module was built with; the host refuses another one. */
export function layoutVersion(): i32 {
  return LAYOUT_VERSION;
}

/** Hash over all numbers of the layout this module was built with; it differs when a build is stale. */
export function layoutHash(): u32 {
  return LAYOUT_HASH;
}
