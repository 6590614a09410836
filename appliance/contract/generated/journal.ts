// Generated from appliance/contract/layouts/journal.ts by `npm run generate`: do not edit.
//
// What the sections of journal's part hold.
import { Layout } from "../layout.ts";

/** Bits of JournalSettings.flags. */
export const JournalFlag = {
  KEYED: 1,
} as const;

export interface JournalSettingsFields {
  boot: bigint; // tells this start of the image from others in the log
  sourceMac: bigint; // 48 bits, first byte highest
  collectorMac: bigint;
  sourceIp: number;
  collectorIp: number; // 0 = no datagrams
  sourcePort: number;
  collectorPort: number;
  flags: number; // JournalFlag
  hostname: Uint8Array; // ASCII, zeros behind
  key: Uint8Array; // zeros where not KEYED
}

/** 104 bytes. */
export class JournalSettings extends Layout<JournalSettingsFields> implements JournalSettingsFields {
  static readonly SIZE = 104;
  static readonly AT = {
    boot: 0,
    sourceMac: 8,
    collectorMac: 16,
    sourceIp: 24,
    collectorIp: 28,
    sourcePort: 32,
    collectorPort: 34,
    flags: 36,
    hostname: 40,
    key: 72,
  } as const;
  get boot(): bigint {
    return this.view.getBigUint64(this.at, true);
  }
  set boot(value: bigint) {
    this.view.setBigUint64(this.at, value, true);
  }
  get sourceMac(): bigint {
    return this.view.getBigUint64(this.at + 8, true);
  }
  set sourceMac(value: bigint) {
    this.view.setBigUint64(this.at + 8, value, true);
  }
  get collectorMac(): bigint {
    return this.view.getBigUint64(this.at + 16, true);
  }
  set collectorMac(value: bigint) {
    this.view.setBigUint64(this.at + 16, value, true);
  }
  get sourceIp(): number {
    return this.view.getUint32(this.at + 24, true);
  }
  set sourceIp(value: number) {
    this.view.setUint32(this.at + 24, value, true);
  }
  get collectorIp(): number {
    return this.view.getUint32(this.at + 28, true);
  }
  set collectorIp(value: number) {
    this.view.setUint32(this.at + 28, value, true);
  }
  get sourcePort(): number {
    return this.view.getUint16(this.at + 32, true);
  }
  set sourcePort(value: number) {
    this.view.setUint16(this.at + 32, value, true);
  }
  get collectorPort(): number {
    return this.view.getUint16(this.at + 34, true);
  }
  set collectorPort(value: number) {
    this.view.setUint16(this.at + 34, value, true);
  }
  get flags(): number {
    return this.view.getUint32(this.at + 36, true);
  }
  set flags(value: number) {
    this.view.setUint32(this.at + 36, value, true);
  }
  get hostname(): Uint8Array {
    return this.bytesAt(40, 32);
  }
  set hostname(value: Uint8Array) {
    this.setBytesAt(40, 32, value);
  }
  get key(): Uint8Array {
    return this.bytesAt(72, 32);
  }
  set key(value: Uint8Array) {
    this.setBytesAt(72, 32, value);
  }
}
