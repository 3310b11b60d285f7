import { assertLayout } from './records';

export { layoutVersion } from './version';
export {
  callCount,
  classTableAddress,
  countTextClasses,
  resetTally,
  tallyAddress,
  textSlabAddress,
} from './text-classes';

assertLayout();
