import { LAYOUT_VERSION } from './shared/layout';

/** The layout this module was built with; the host refuses another one. */
export function layoutVersion(): i32 {
  return LAYOUT_VERSION;
}
