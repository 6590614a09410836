// Generated from appliance/contract/layouts/image.ts by `npm run generate`: do not edit.
//
// Exit codes, the manifest and the policy's container. Little-endian, and untrusted by whoever reads them.
import { Layout } from "../layout.ts";

/** isa-debug-exit makes 2 * code + 1 of them. */
export const ExitCode = {
  DONE: 1, // replay: everything was processed and everything sent was taken
  MEMORY: 10,
  COMMAND_LINE: 11, // too long, or a device transport outside the addresses they may have
  MANIFEST: 12, // the image's manifest is not `in`, `out`, `log`
  DEVICES: 13,
  DEVICE_REFUSED: 14,
  CLOCK: 15, // no way to learn the counter's frequency
  POLICY_MISSING: 16,
  POLICY_DAMAGED: 17, // not a policy container of this version, or its lengths contradict each other
  POLICY_REFUSED: 18,
  ABI: 19,
  TIMER: 20,
  HOSTILE_DEVICE: 30, // a device wrote into a ring what no device may
  CONTRACT: 31, // a compartment broke the contract of abi.ts
  STREAM: 32,
  STALLED: 33, // replay: a transmit ring stayed full for WAIT_SECONDS
  BAD_CALL: 34,
  LOG_SILENT: 35, // the policy's `interfaces.log.stop-when-silent`: frames are lost that nobody can count
  INSPECT_TRAP: 41,
  GUARD_TRAP: 42,
  JOURNAL_TRAP: 43,
  FAULT_TEXT: 50, // wrote to code
  FAULT_READ_ONLY: 51, // wrote to a page it may only read: constants, policy, receive descriptors and buffers
  FAULT_EXECUTE: 52, // executed data
  FAULT_NULL: 53, // touched page 0
  FAULT_STACK: 54, // ran out of stack
  FAULT_PRIVILEGED: 55, // touched what is the kernel part's: its memory, a device register
  FAULT_UNMAPPED: 56, // touched what is not there
  FAULT_INSTRUCTION: 57, // an address no address can be, too
  FAULT_ARITHMETIC: 58,
  FAULT_OTHER: 59,
  FAULT_KERNEL: 60, // anything at all in the kernel part
} as const;

/** What people are told of each ExitCode. */
export const ExitCodeWords = {
  DONE: "done",
  MEMORY: "refused: too little memory for the image and its policy",
  COMMAND_LINE: "refused: the kernel command line",
  MANIFEST: "refused: the image's manifest",
  DEVICES: "refused: the devices are not those of the manifest",
  DEVICE_REFUSED: "refused: a device lacks a feature that the image needs",
  CLOCK: "refused: the clock's frequency is not known",
  POLICY_MISSING: "refused: no policy in the image",
  POLICY_DAMAGED: "refused: the policy is damaged or of another version",
  POLICY_REFUSED: "refused: a compartment refused its part of the policy",
  ABI: "refused: a compartment is of another ABI version",
  TIMER: "refused: the timer does not end an idle",
  HOSTILE_DEVICE: "stopped: a device wrote an invalid id, length or index",
  CONTRACT: "stopped: a compartment broke its contract",
  STREAM: "stopped: the replayed stream of records is malformed",
  STALLED: "stopped: no host takes what the replay sends",
  BAD_CALL: "stopped: the user part made an undefined system call",
  LOG_SILENT: "stopped: the device of `log` takes nothing",
  INSPECT_TRAP: "trap in inspect",
  GUARD_TRAP: "trap in guard",
  JOURNAL_TRAP: "trap in journal",
  FAULT_TEXT: "trap: write to code",
  FAULT_READ_ONLY: "trap: write to read-only memory",
  FAULT_EXECUTE: "trap: execution of data",
  FAULT_NULL: "trap: access to page 0",
  FAULT_STACK: "trap: out of stack",
  FAULT_PRIVILEGED: "trap: access to memory of the kernel part",
  FAULT_UNMAPPED: "trap: access to unmapped memory",
  FAULT_INSTRUCTION: "trap: undefined or privileged instruction",
  FAULT_ARITHMETIC: "trap: arithmetic",
  FAULT_OTHER: "trap: unexpected",
  FAULT_KERNEL: "trap in the kernel part",
} as const;

export const MANIFEST_VERSION = 2;
export const MAX_INTERFACES = 8;
export const MIN_LOG_SILENCE = 15; // s: longer than a busy image, or a paused one, goes without looking (user/main.c)
export const MAX_LOG_SILENCE = 3600; // s
export const CONTAINER_MAGIC = 0x4c4f5057; // the bytes "WPOL"
export const CONTAINER_VERSION = 3;
export const CONTAINER_PARTS = 3;
export const CONTAINER_KEYS = 3; // of parts, at most: the log's, and a transfer's two
export const MAX_CONTAINER = 0x1000000; // bytes: a larger one is a mistake, and would eat the guest's memory

export const Direction = {
  RECEIVE_ONLY: 1,
  TRANSMIT_ONLY: 2,
} as const;

export interface InterfaceFields {
  name: Uint8Array; // ASCII, zeros behind
  direction: number; // Direction
  mac: Uint8Array;
}

/** 16 bytes. An interface, and which way it works. */
export class Interface extends Layout<InterfaceFields> implements InterfaceFields {
  static readonly SIZE = 16;
  static readonly AT = { name: 0, direction: 8, zero: 9, mac: 10 } as const;
  get name(): Uint8Array {
    return this.bytesAt(0, 8);
  }
  set name(value: Uint8Array) {
    this.setBytesAt(0, 8, value);
  }
  get direction(): number {
    return this.view.getUint8(this.at + 8);
  }
  set direction(value: number) {
    this.view.setUint8(this.at + 8, value);
  }
  get mac(): Uint8Array {
    return this.bytesAt(10, 6);
  }
  set mac(value: Uint8Array) {
    this.setBytesAt(10, 6, value);
  }
}

/** Bits of Manifest.flags. */
export const ManifestFlag = {
  ONE_QUEUE: 1, // each NIC has the one queue that is used, and no inert one: for hosts that start it so
} as const;

export interface ManifestFields {
  version: number; // MANIFEST_VERSION
  count: number; // interfaces that follow; 0 in an image without a policy
  flags: number; // ManifestFlag
  // s: the image ends when `log` has taken nothing for so long although frames are there: MIN_LOG_SILENCE to
  // MAX_LOG_SILENCE; 0 = never
  logSilence: number;
}

/** 144 bytes. ELF note, owner "Weir", type 1. In a runtime's own: in, out, log, in the order of enum weir_role. */
export class Manifest extends Layout<ManifestFields> implements ManifestFields {
  static readonly SIZE = 144;
  static readonly AT = { version: 0, count: 4, interfaces: 8, flags: 136, logSilence: 140 } as const;
  get version(): number {
    return this.view.getUint32(this.at, true);
  }
  set version(value: number) {
    this.view.setUint32(this.at, value, true);
  }
  get count(): number {
    return this.view.getUint32(this.at + 4, true);
  }
  set count(value: number) {
    this.view.setUint32(this.at + 4, value, true);
  }
  /** The n-th of 8. */
  interfaces(n: number): Interface {
    return new Interface(this.view, this.at + 8 + n * 16);
  }
  get flags(): number {
    return this.view.getUint32(this.at + 136, true);
  }
  set flags(value: number) {
    this.view.setUint32(this.at + 136, value, true);
  }
  get logSilence(): number {
    return this.view.getUint32(this.at + 140, true);
  }
  set logSilence(value: number) {
    this.view.setUint32(this.at + 140, value, true);
  }
}

export interface ContainerPartFields {
  offset: number; // bytes: from the start of the container, a multiple of 8
  length: number; // bytes
}

/** 8 bytes. Where a compartment's part is. */
export class ContainerPart extends Layout<ContainerPartFields> implements ContainerPartFields {
  static readonly SIZE = 8;
  static readonly AT = { offset: 0, length: 4 } as const;
  get offset(): number {
    return this.view.getUint32(this.at, true);
  }
  set offset(value: number) {
    this.view.setUint32(this.at, value, true);
  }
  get length(): number {
    return this.view.getUint32(this.at + 4, true);
  }
  set length(value: number) {
    this.view.setUint32(this.at + 4, value, true);
  }
}

export interface ContainerFields {
  magic: number; // CONTAINER_MAGIC
  version: number; // CONTAINER_VERSION
  length: number; // bytes: of all, this header included
  count: number; // of parts: 3
  // a bit for each 4 KiB page of the three linear memories, one behind the other, lowest bit first: 1 = this policy
  // leaves it untouched, and it has no memory behind it. The image holds it against what the compartments say
  spare: Uint8Array;
  keys: number; // bytes: from the start of the container to Keys, which begin a page and end the container
  // of the policy: greater than those before it, so that an older one that was signed, too, is told from it; 0 = not
  // said
  edition: number;
}

/**
 * 304 bytes. In front of the policy as it lies in an image. Behind it the parts, zeros up to multiples of 8 between and
 * behind, then Keys.
 */
export class Container extends Layout<ContainerFields> implements ContainerFields {
  static readonly SIZE = 304;
  static readonly AT = {
    magic: 0,
    version: 4,
    length: 8,
    count: 12,
    parts: 16,
    spare: 40,
    keys: 296,
    edition: 300,
  } as const;
  get magic(): number {
    return this.view.getUint32(this.at, true);
  }
  set magic(value: number) {
    this.view.setUint32(this.at, value, true);
  }
  get version(): number {
    return this.view.getUint32(this.at + 4, true);
  }
  set version(value: number) {
    this.view.setUint32(this.at + 4, value, true);
  }
  get length(): number {
    return this.view.getUint32(this.at + 8, true);
  }
  set length(value: number) {
    this.view.setUint32(this.at + 8, value, true);
  }
  get count(): number {
    return this.view.getUint32(this.at + 12, true);
  }
  set count(value: number) {
    this.view.setUint32(this.at + 12, value, true);
  }
  /** The n-th of 3. */
  parts(n: number): ContainerPart {
    return new ContainerPart(this.view, this.at + 16 + n * 8);
  }
  get spare(): Uint8Array {
    return this.bytesAt(40, 256);
  }
  set spare(value: Uint8Array) {
    this.setBytesAt(40, 256, value);
  }
  get keys(): number {
    return this.view.getUint32(this.at + 296, true);
  }
  set keys(value: number) {
    this.view.setUint32(this.at + 296, value, true);
  }
  get edition(): number {
    return this.view.getUint32(this.at + 300, true);
  }
  set edition(value: number) {
    this.view.setUint32(this.at + 300, value, true);
  }
}

export interface PartKeyFields {
  part: number; // whose: 1 inspect, 2 guard, 3 journal
  offset: number; // bytes: in the part, where it belongs
  key: Uint8Array;
}

/** 40 bytes. A key that a compartment's part has zeros for. */
export class PartKey extends Layout<PartKeyFields> implements PartKeyFields {
  static readonly SIZE = 40;
  static readonly AT = { part: 0, offset: 4, key: 8 } as const;
  get part(): number {
    return this.view.getUint32(this.at, true);
  }
  set part(value: number) {
    this.view.setUint32(this.at, value, true);
  }
  get offset(): number {
    return this.view.getUint32(this.at + 4, true);
  }
  set offset(value: number) {
    this.view.setUint32(this.at + 4, value, true);
  }
  get key(): Uint8Array {
    return this.bytesAt(8, 32);
  }
  set key(value: Uint8Array) {
    this.setBytesAt(8, 32, value);
  }
}

export interface KeysFields {
  count: number; // of keys of parts
  isTablesGiven: number; // 1: the tables have the key below; 0: the image draws one, or has that of the command line
  tables: Uint8Array;
}

/**
 * 144 bytes. What must not stay in the machine's memory: keys of the log and of transfers, and the tables' key of this
 * start.
 * The user part puts the former where they belong before it hands a part on; when all are taken, the kernel part erases
 * this page and takes it away.
 */
export class Keys extends Layout<KeysFields> implements KeysFields {
  static readonly SIZE = 144;
  static readonly AT = { count: 0, isTablesGiven: 4, tables: 8, keys: 24 } as const;
  get count(): number {
    return this.view.getUint32(this.at, true);
  }
  set count(value: number) {
    this.view.setUint32(this.at, value, true);
  }
  get isTablesGiven(): number {
    return this.view.getUint32(this.at + 4, true);
  }
  set isTablesGiven(value: number) {
    this.view.setUint32(this.at + 4, value, true);
  }
  get tables(): Uint8Array {
    return this.bytesAt(8, 16);
  }
  set tables(value: Uint8Array) {
    this.setBytesAt(8, 16, value);
  }
  /** The n-th of 3. */
  keys(n: number): PartKey {
    return new PartKey(this.view, this.at + 24 + n * 40);
  }
}
