// Generated from detectors/shape/ground/layouts/result.ts by `npm run generate`: do not edit.
//

/** 40 bytes. Of a frame; the rest only where run() explains. */
@unmanaged
export class Result {
  score: f64; // 0 .. 100
  seen: f64; // value of the feature
  expected: f64; // given the others of its block
  deviations: f64; // between the two
  feature: u32; // that deviates most
  pad: u32; // zero
}
