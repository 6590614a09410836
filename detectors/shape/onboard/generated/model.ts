// Generated from detectors/shape/layouts/model.ts by `npm run generate`: do not edit.
//
// The section BASELINE_SHAPE of inspect's part of the policy: ModelHead and what follows it, with no gaps.

export const BLOCKS: u32 = 6; // of features
export const BLOCK: u32 = 10; // features of a block
export const LAST_BLOCK: u32 = 7; // features of the last one
export const TRIANGLE: u32 = 55; // products of two features of a block
export const LAST_TRIANGLE: u32 = 28; // of the last one
export const FEATURES: u32 = 57; // of all blocks
export const PRODUCTS: u32 = 303; // of all blocks
export const PROTOCOLS: u32 = 5; // classes: ARP, other frames without IP, TCP, UDP, other IP
export const SERVICES: u32 = 27; // classes at most beside them
export const CLASSES: u32 = 32; // at most

/** Where the fields of its 48 bytes are. */
export const enum ModelHeadAt {
  protocols = 0, // u32 descriptions of protocols, 1 .. PROTOCOLS; 0 = there is no model
  services = 4, // u32 0 .. SERVICES
  limit = 8, // f64 scores above it are alarms
  scales = 16, // f32[6] of each block, the distance that one normal frame in a hundred exceeds
  described = 40, // u8[5] which description each protocol has: those never seen share one
  pad = 45, // u8[3] zero
  SIZE = 48,
}

/**
 * 48 bytes, read and written where they lie. Then a u64 for each service, its key; then a Description for each
 * described protocol, and for each service.
 */
@unmanaged
export class ModelHead {
  /** descriptions of protocols, 1 .. PROTOCOLS; 0 = there is no model */
  @inline
  get protocols(): u32 {
    return load<u32>(changetype<usize>(this));
  }
  set protocols(value: u32) {
    store<u32>(changetype<usize>(this), value);
  }
  /** 0 .. SERVICES */
  @inline
  get services(): u32 {
    return load<u32>(changetype<usize>(this), 4);
  }
  set services(value: u32) {
    store<u32>(changetype<usize>(this), value, 4);
  }
  /** scores above it are alarms */
  @inline
  get limit(): f64 {
    return load<f64>(changetype<usize>(this), 8);
  }
  set limit(value: f64) {
    store<f64>(changetype<usize>(this), value, 8);
  }
  /** Where its f32[6] begin. of each block, the distance that one normal frame in a hundred exceeds */
  @inline
  get scales(): usize {
    return changetype<usize>(this) + 16;
  }
  /** Where its u8[5] begin. which description each protocol has: those never seen share one */
  @inline
  get described(): usize {
    return changetype<usize>(this) + 40;
  }
}

/** Where the fields of its 1668 bytes are. */
export const enum DescriptionAt {
  means = 0, // f32[57]
  precisions = 228, // f32[57] 1 / deviation
  triangles = 456, // f32[303] of each block, the lower triangle W
  SIZE = 1668,
}

/** 1668 bytes, read and written where they lie. A class of frames. */
@unmanaged
export class Description {
  /** Where its f32[57] begin. */
  @inline
  get means(): usize {
    return changetype<usize>(this);
  }
  /** Where its f32[57] begin. 1 / deviation */
  @inline
  get precisions(): usize {
    return changetype<usize>(this) + 228;
  }
  /** Where its f32[303] begin. of each block, the lower triangle W */
  @inline
  get triangles(): usize {
    return changetype<usize>(this) + 456;
  }
}
