// Generated from detectors/shape/ground/layouts/result.ts by `npm run generate`: do not edit.
import { Layout } from "../../../../appliance/contract/layout.ts";

export interface ResultFields {
  score: number; // 0 .. 100
  seen: number; // value of the feature
  expected: number; // given the others of its block
  deviations: number; // between the two
  feature: number; // that deviates most
}

/** 40 bytes. Of a frame; the rest only where run() explains. */
export class Result extends Layout<ResultFields> implements ResultFields {
  static readonly SIZE = 40;
  static readonly AT = { score: 0, seen: 8, expected: 16, deviations: 24, feature: 32, pad: 36 } as const;
  get score(): number {
    return this.view.getFloat64(this.at, true);
  }
  set score(value: number) {
    this.view.setFloat64(this.at, value, true);
  }
  get seen(): number {
    return this.view.getFloat64(this.at + 8, true);
  }
  set seen(value: number) {
    this.view.setFloat64(this.at + 8, value, true);
  }
  get expected(): number {
    return this.view.getFloat64(this.at + 16, true);
  }
  set expected(value: number) {
    this.view.setFloat64(this.at + 16, value, true);
  }
  get deviations(): number {
    return this.view.getFloat64(this.at + 24, true);
  }
  set deviations(value: number) {
    this.view.setFloat64(this.at + 24, value, true);
  }
  get feature(): number {
    return this.view.getUint32(this.at + 32, true);
  }
  set feature(value: number) {
    this.view.setUint32(this.at + 32, value, true);
  }
}
