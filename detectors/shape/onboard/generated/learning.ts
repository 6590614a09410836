// Generated from detectors/shape/layouts/learning.ts by `npm run generate`: do not edit.
//
// A state in inspect's memory, which the ground fills in, too, to have a model made of merged baselines.

/** Where the fields of its 2888 bytes are. */
export const enum ClassSumsAt {
  frames = 0, // i64
  features = 8, // i64[57] sums of them, in units
  products = 464, // i64[303] sums of products of two features of a block: of each block a lower triangle
  SIZE = 2888,
}

/** 2888 bytes, read and written where they lie. Of a class of frames. */
@unmanaged
export class ClassSums {
  @inline
  get frames(): i64 {
    return load<i64>(changetype<usize>(this));
  }
  set frames(value: i64) {
    store<i64>(changetype<usize>(this), value);
  }
  /** Where its i64[57] begin. sums of them, in units */
  @inline
  get features(): usize {
    return changetype<usize>(this) + 8;
  }
  /** Where its i64[303] begin. sums of products of two features of a block: of each block a lower triangle */
  @inline
  get products(): usize {
    return changetype<usize>(this) + 464;
  }
}

/** Where the fields of its 560 bytes are. */
export const enum PeaksAt {
  second = 0, // u64 s: under way, from 1970
  highest = 8, // f64 largest score of it so far
  before = 16, // f64 largest score of the second before it; 0 = no frame was scored in that
  flags = 24, // u32 bit 0: a second is under way; bit 1: the one before had more than the one before that
  kept = 28, // u32 how many of `largest` there are
  seconds = 32, // u64 s: observed, from each second to the next; a pause counts in part
  maxima = 40, // u64 local maxima, kept or not
  largest = 48, // u16[256] falling, in units of 1 / PEAK_UNIT, rounded up
  SIZE = 560,
}

/** 560 bytes, read and written where they lie. The largest scores of normal traffic: ../onboard/peaks.ts. */
@unmanaged
export class Peaks {
  /** s: under way, from 1970 */
  @inline
  get second(): u64 {
    return load<u64>(changetype<usize>(this));
  }
  set second(value: u64) {
    store<u64>(changetype<usize>(this), value);
  }
  /** largest score of it so far */
  @inline
  get highest(): f64 {
    return load<f64>(changetype<usize>(this), 8);
  }
  set highest(value: f64) {
    store<f64>(changetype<usize>(this), value, 8);
  }
  /** largest score of the second before it; 0 = no frame was scored in that */
  @inline
  get before(): f64 {
    return load<f64>(changetype<usize>(this), 16);
  }
  set before(value: f64) {
    store<f64>(changetype<usize>(this), value, 16);
  }
  /** bit 0: a second is under way; bit 1: the one before had more than the one before that */
  @inline
  get flags(): u32 {
    return load<u32>(changetype<usize>(this), 24);
  }
  set flags(value: u32) {
    store<u32>(changetype<usize>(this), value, 24);
  }
  /** how many of `largest` there are */
  @inline
  get kept(): u32 {
    return load<u32>(changetype<usize>(this), 28);
  }
  set kept(value: u32) {
    store<u32>(changetype<usize>(this), value, 28);
  }
  /** s: observed, from each second to the next; a pause counts in part */
  @inline
  get seconds(): u64 {
    return load<u64>(changetype<usize>(this), 32);
  }
  set seconds(value: u64) {
    store<u64>(changetype<usize>(this), value, 32);
  }
  /** local maxima, kept or not */
  @inline
  get maxima(): u64 {
    return load<u64>(changetype<usize>(this), 40);
  }
  set maxima(value: u64) {
    store<u64>(changetype<usize>(this), value, 40);
  }
  /** Where its u16[256] begin. falling, in units of 1 / PEAK_UNIT, rounded up */
  @inline
  get largest(): usize {
    return changetype<usize>(this) + 48;
  }
}

/** Where the fields of its 7904 bytes are. */
export const enum SpanAt {
  distances = 0, // Histogram[6] of each block, distance * DISTANCE_UNIT
  peaks = 7344, // Peaks[1]
  SIZE = 7904,
}

/** 7904 bytes, read and written where they lie. What frames gave that were measured with the same model. */
@unmanaged
export class Span {
  /** Where its Histogram[6] begin. of each block, distance * DISTANCE_UNIT */
  @inline
  get distances(): usize {
    return changetype<usize>(this);
  }
  /** Where its Peaks[1] begin. */
  @inline
  get peaks(): usize {
    return changetype<usize>(this) + 7344;
  }
}

/** Where the fields of its 108456 bytes are. */
export const enum LearningAt {
  frames = 0, // u64
  next = 8, // u64 frames at which the model is made next
  keys = 16, // u64[27] of services; 0 = a free place
  classes = 232, // ClassSums[32] protocols first
  spans = 92648, // Span[2] the one under way, the one before
  SIZE = 108456,
}

/** 108456 bytes, read and written where they lie. Everything that is learned. */
@unmanaged
export class Learning {
  @inline
  get frames(): u64 {
    return load<u64>(changetype<usize>(this));
  }
  set frames(value: u64) {
    store<u64>(changetype<usize>(this), value);
  }
  /** frames at which the model is made next */
  @inline
  get next(): u64 {
    return load<u64>(changetype<usize>(this), 8);
  }
  set next(value: u64) {
    store<u64>(changetype<usize>(this), value, 8);
  }
  /** Where its u64[27] begin. of services; 0 = a free place */
  @inline
  get keys(): usize {
    return changetype<usize>(this) + 16;
  }
  /** Where its ClassSums[32] begin. protocols first */
  @inline
  get classes(): usize {
    return changetype<usize>(this) + 232;
  }
  /** Where its Span[2] begin. the one under way, the one before */
  @inline
  get spans(): usize {
    return changetype<usize>(this) + 92648;
  }
}
