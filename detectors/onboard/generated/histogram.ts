// Generated from detectors/layouts/histogram.ts by `npm run generate`: do not edit.
//

export const BUCKETS: u32 = 304; // exact below 16, then eight to each power of two

/** Where the fields of its 1224 bytes are. */
export const enum HistogramAt {
  total = 0, // u64
  counts = 8, // u32[304] stop at their largest value
  SIZE = 1224,
}

/** 1224 bytes, read and written where they lie. */
@unmanaged
export class Histogram {
  @inline
  get total(): u64 {
    return load<u64>(changetype<usize>(this));
  }
  set total(value: u64) {
    store<u64>(changetype<usize>(this), value);
  }
  /** Where its u32[304] begin. stop at their largest value */
  @inline
  get counts(): usize {
    return changetype<usize>(this) + 8;
  }
}
