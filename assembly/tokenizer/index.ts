export {
  attach,
  clearRegion,
  idsAddress,
  keepBytes,
  layoutVersion,
  leaveLarge,
  moveToLargeWindow,
  windowAddress,
} from './attach';
export { addMerges, addSingleBytes } from './build';
export { cutPiece, openPiece, openPieceBytes, unitsBetween, writeIds } from './piece-ids';
export { callCount, work } from './state';
export { bytesBeforeLastPiece, countWindow, takenBytes, tokensOfLastPiece } from './window';
