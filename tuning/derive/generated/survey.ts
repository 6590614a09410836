// Generated from tuning/derive/layouts/survey.ts by `npm run generate`: do not edit.
//
// What `weir policy derive` is told of each frame by guard's own parser.
import { Layout } from "../../../appliance/contract/layout.ts";

export interface RowFields {
  time: bigint; // ns
  srcHi: bigint;
  srcLo: bigint;
  dstHi: bigint;
  dstLo: bigint;
  reason: number; // Reason: 0: well-formed; else nothing that follows is set
  vlan: number;
  version: number; // 4 or 6
  protocol: number;
  srcPort: number;
  dstPort: number; // of ICMP: type
  payloadLength: number; // bytes
}

/** 64 bytes. A frame of a batch. */
export class Row extends Layout<RowFields> implements RowFields {
  static readonly SIZE = 64;
  static readonly AT = {
    time: 0,
    srcHi: 8,
    srcLo: 16,
    dstHi: 24,
    dstLo: 32,
    reason: 40,
    vlan: 44,
    version: 46,
    protocol: 47,
    srcPort: 48,
    dstPort: 50,
    payloadLength: 52,
    pad: 56,
  } as const;
  get time(): bigint {
    return this.view.getBigUint64(this.at, true);
  }
  set time(value: bigint) {
    this.view.setBigUint64(this.at, value, true);
  }
  get srcHi(): bigint {
    return this.view.getBigUint64(this.at + 8, true);
  }
  set srcHi(value: bigint) {
    this.view.setBigUint64(this.at + 8, value, true);
  }
  get srcLo(): bigint {
    return this.view.getBigUint64(this.at + 16, true);
  }
  set srcLo(value: bigint) {
    this.view.setBigUint64(this.at + 16, value, true);
  }
  get dstHi(): bigint {
    return this.view.getBigUint64(this.at + 24, true);
  }
  set dstHi(value: bigint) {
    this.view.setBigUint64(this.at + 24, value, true);
  }
  get dstLo(): bigint {
    return this.view.getBigUint64(this.at + 32, true);
  }
  set dstLo(value: bigint) {
    this.view.setBigUint64(this.at + 32, value, true);
  }
  get reason(): number {
    return this.view.getUint32(this.at + 40, true);
  }
  set reason(value: number) {
    this.view.setUint32(this.at + 40, value, true);
  }
  get vlan(): number {
    return this.view.getUint16(this.at + 44, true);
  }
  set vlan(value: number) {
    this.view.setUint16(this.at + 44, value, true);
  }
  get version(): number {
    return this.view.getUint8(this.at + 46);
  }
  set version(value: number) {
    this.view.setUint8(this.at + 46, value);
  }
  get protocol(): number {
    return this.view.getUint8(this.at + 47);
  }
  set protocol(value: number) {
    this.view.setUint8(this.at + 47, value);
  }
  get srcPort(): number {
    return this.view.getUint16(this.at + 48, true);
  }
  set srcPort(value: number) {
    this.view.setUint16(this.at + 48, value, true);
  }
  get dstPort(): number {
    return this.view.getUint16(this.at + 50, true);
  }
  set dstPort(value: number) {
    this.view.setUint16(this.at + 50, value, true);
  }
  get payloadLength(): number {
    return this.view.getUint32(this.at + 52, true);
  }
  set payloadLength(value: number) {
    this.view.setUint32(this.at + 52, value, true);
  }
}
