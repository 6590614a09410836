// Generated from diode/layouts/second.ts by `npm run generate`: do not edit.
//
// A program that takes a frame apart, and tables that say which rules match what was kept of it.
import { Layout } from "../../appliance/contract/layout.ts";

/** What a Step does. `value` is what it reads; a step that finds its condition broken goes on at otherwise. */
export const Op = {
  TEST: 0, // low <= value <= high
  KEEP: 1, // register = value
  SET: 2, // register = low
  MOVE: 3, // go on `low` bytes further
  LENGTH: 4, // value + low bytes from here are the packet; less than the frame holds only if that holds <= high
  EXACT: 5, // value is what is left of the packet
  SIZE: 6, // register SIZE = what is left behind value + low bytes
  SUM: 7, // the Internet checksum over `low` bytes (0: all that is left) is right; high = 1: with pseudo header
  DIFFER: 8, // source and destination are not the same
} as const;

/** What is kept of a frame. */
export const Register = {
  VLAN: 0,
  VERSION: 1,
  PROTOCOL: 2,
  SRC_HI: 3,
  SRC_LO: 4,
  DST_HI: 5,
  DST_LO: 6,
  SRC_PORT: 7,
  DST_PORT: 8,
  SIZE: 9,
} as const;

export interface StepFields {
  op: number; // Op
  width: number; // bytes: to read, big-endian: 0, 1, 2, 4 or 8
  register: number; // Register
  shift: number; // bits: to the right, behind the mask
  offset: number; // bytes: from where the program is
  next: number; // step, or ACCEPT or REFUSE
  otherwise: number; // the same
  mask: number; // of a value of at most 4 bytes
  low: number;
  high: number;
}

/** 24 bytes. What to read, what it must be, where to go on: always at a later step. */
export class Step extends Layout<StepFields> implements StepFields {
  static readonly SIZE = 24;
  static readonly AT = {
    op: 0,
    width: 1,
    register: 2,
    shift: 3,
    offset: 4,
    next: 6,
    otherwise: 8,
    zero: 10,
    mask: 12,
    low: 16,
    high: 20,
  } as const;
  get op(): number {
    return this.view.getUint8(this.at);
  }
  set op(value: number) {
    this.view.setUint8(this.at, value);
  }
  get width(): number {
    return this.view.getUint8(this.at + 1);
  }
  set width(value: number) {
    this.view.setUint8(this.at + 1, value);
  }
  get register(): number {
    return this.view.getUint8(this.at + 2);
  }
  set register(value: number) {
    this.view.setUint8(this.at + 2, value);
  }
  get shift(): number {
    return this.view.getUint8(this.at + 3);
  }
  set shift(value: number) {
    this.view.setUint8(this.at + 3, value);
  }
  get offset(): number {
    return this.view.getUint16(this.at + 4, true);
  }
  set offset(value: number) {
    this.view.setUint16(this.at + 4, value, true);
  }
  get next(): number {
    return this.view.getUint16(this.at + 6, true);
  }
  set next(value: number) {
    this.view.setUint16(this.at + 6, value, true);
  }
  get otherwise(): number {
    return this.view.getUint16(this.at + 8, true);
  }
  set otherwise(value: number) {
    this.view.setUint16(this.at + 8, value, true);
  }
  get mask(): number {
    return this.view.getUint32(this.at + 12, true);
  }
  set mask(value: number) {
    this.view.setUint32(this.at + 12, value, true);
  }
  get low(): number {
    return this.view.getUint32(this.at + 16, true);
  }
  set low(value: number) {
    this.view.setUint32(this.at + 16, value, true);
  }
  get high(): number {
    return this.view.getUint32(this.at + 20, true);
  }
  set high(value: number) {
    this.view.setUint32(this.at + 20, value, true);
  }
}

/** The tables, one for each. */
export const Dimension = {
  PROTOCOL: 0,
  VLAN: 1,
  SIZE: 2,
  DST_PORT: 3,
  SRC_PORT: 4,
  FROM4: 5,
  TO4: 6,
  FROM6: 7,
  TO6: 8,
} as const;

export const ACCEPT = 65534; // as next or otherwise: the frame is of a format that may cross
export const REFUSE = 65535; // as next or otherwise
export const REGISTERS = 10;
export const DIMENSIONS = 9;
export const ENTRY = 32; // bytes of an entry of a table
