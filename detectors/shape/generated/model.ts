// Generated from detectors/shape/layouts/model.ts by `npm run generate`: do not edit.
//
// The section BASELINE_SHAPE of inspect's part of the policy: ModelHead and what follows it, with no gaps.
import { Layout, Scalars } from "../../../appliance/contract/layout.ts";

export const BLOCKS = 6; // of features
export const BLOCK = 10; // features of a block
export const LAST_BLOCK = 7; // features of the last one
export const TRIANGLE = 55; // products of two features of a block
export const LAST_TRIANGLE = 28; // of the last one
export const FEATURES = 57; // of all blocks
export const PRODUCTS = 303; // of all blocks
export const PROTOCOLS = 5; // classes: ARP, other frames without IP, TCP, UDP, other IP
export const SERVICES = 27; // classes at most beside them
export const CLASSES = 32; // at most

export interface ModelHeadFields {
  protocols: number; // descriptions of protocols, 1 .. PROTOCOLS; 0 = there is no model
  services: number; // 0 .. SERVICES
  limit: number; // scores above it are alarms
}

/**
 * 48 bytes. Then a u64 for each service, its key; then a Description for each described protocol, and for each service.
 */
export class ModelHead extends Layout<ModelHeadFields> implements ModelHeadFields {
  static readonly SIZE = 48;
  static readonly AT = { protocols: 0, services: 4, limit: 8, scales: 16, described: 40, pad: 45 } as const;
  get protocols(): number {
    return this.view.getUint32(this.at, true);
  }
  set protocols(value: number) {
    this.view.setUint32(this.at, value, true);
  }
  get services(): number {
    return this.view.getUint32(this.at + 4, true);
  }
  set services(value: number) {
    this.view.setUint32(this.at + 4, value, true);
  }
  get limit(): number {
    return this.view.getFloat64(this.at + 8, true);
  }
  set limit(value: number) {
    this.view.setFloat64(this.at + 8, value, true);
  }
  get scales(): Scalars<number> {
    return new Scalars(this.view, "Float32", this.at + 16, 4, 6);
  }
  get described(): Scalars<number> {
    return new Scalars(this.view, "Uint8", this.at + 40, 1, 5);
  }
}

export type DescriptionFields = Record<never, never>;

/** 1668 bytes. A class of frames. */
export class Description extends Layout<DescriptionFields> implements DescriptionFields {
  static readonly SIZE = 1668;
  static readonly AT = { means: 0, precisions: 228, triangles: 456 } as const;
  get means(): Scalars<number> {
    return new Scalars(this.view, "Float32", this.at, 4, 57);
  }
  get precisions(): Scalars<number> {
    return new Scalars(this.view, "Float32", this.at + 228, 4, 57);
  }
  get triangles(): Scalars<number> {
    return new Scalars(this.view, "Float32", this.at + 456, 4, 303);
  }
}
