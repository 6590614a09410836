// Generated from detectors/layouts/histogram.ts by `npm run generate`: do not edit.
import { Layout, Scalars } from "../../appliance/contract/layout.ts";

export const BUCKETS = 304; // exact below 16, then eight to each power of two

export interface HistogramFields {
  total: bigint;
}

/** 1224 bytes. */
export class Histogram extends Layout<HistogramFields> implements HistogramFields {
  static readonly SIZE = 1224;
  static readonly AT = { total: 0, counts: 8 } as const;
  get total(): bigint {
    return this.view.getBigUint64(this.at, true);
  }
  set total(value: bigint) {
    this.view.setBigUint64(this.at, value, true);
  }
  get counts(): Scalars<number> {
    return new Scalars(this.view, "Uint32", this.at + 8, 4, 304);
  }
}
