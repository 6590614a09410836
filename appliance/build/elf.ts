// REQ-GROUND-015
// A reader of the ELF files this project makes (System V ABI, ELF-64, little-endian, executable). An image may come from
// anywhere, so every field is checked against the file before it is used.

export interface Segment {
  type: number;
  /** 4 read, 2 write, 1 execute. */
  flags: number;
  offset: number;
  virtual: bigint;
  physical: bigint;
  fileSize: number;
  memorySize: number;
  align: number;
  /** Where its program header is in the file, for those who patch it. */
  headerAt: number;
}

export interface Section {
  name: string;
  type: number;
  flags: number;
  address: bigint;
  offset: number;
  size: number;
  headerAt: number;
}

export interface Note {
  owner: string;
  type: number;
  /** The description, a view into the file. */
  bytes: Uint8Array;
  /** Its offset in the file. */
  at: number;
}

export interface Elf {
  bytes: Uint8Array;
  view: DataView;
  machine: number;
  entry: bigint;
  segments: Segment[];
  /** Empty when the file has no section headers: nothing that runs depends on them. */
  sections: Section[];
  notes: Note[];
}

export const PT_LOAD = 1;
export const PT_NOTE = 4;
export const SHT_NOBITS = 8;
export const FLAG_EXECUTE = 1;
export const FLAG_WRITE = 2;
export const FLAG_READ = 4;

const MACHINES: Record<number, string> = { 62: "x86_64", 183: "aarch64" };
export const machineName = (machine: number): string => MACHINES[machine] ?? `machine ${machine}`;

const MAGIC = [0x7f, ...Buffer.from("ELF")];
/** Whether this begins as an ELF file does. */
export const isElf = (head: Uint8Array): boolean => MAGIC.every((byte, n) => head[n] === byte);

/** @throws Error saying what is wrong. */
export function readElf(bytes: Uint8Array): Elf {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 64 || !isElf(bytes)) throw new Error("not an ELF file");
  if (bytes[4] !== 2 || bytes[5] !== 1) throw new Error("not a 64-bit little-endian ELF file");
  if (view.getUint16(16, true) !== 2) throw new Error("not an executable ELF file");
  const segments = table(view, 32, 54, 56, "program headers").map((at) => readSegment(view, at));
  const sections = readSections(view);
  const notes = segments.filter((s) => s.type === PT_NOTE).flatMap((s) => readNotes(bytes, view, s));
  const entry = view.getBigUint64(24, true);
  return { bytes, view, machine: view.getUint16(18, true), entry, segments, sections, notes };
}

/** Offsets of the entries of a header table whose place, entry size and count are at the given offsets. */
function table(view: DataView, placeAt: number, sizeAt: number, entrySize: number, what: string): number[] {
  const count = view.getUint16(sizeAt + 2, true);
  if (count === 0) return [];
  const place = view.getBigUint64(placeAt, true);
  const size = view.getUint16(sizeAt, true);
  if (size !== entrySize) throw new Error(`ELF ${what}: entries of ${size} bytes, expected ${entrySize}`);
  const first = within(view, place, BigInt(count * size), what);
  return Array.from({ length: count }, (_, n) => first + n * size);
}

/** An offset as a number, after the check that so many bytes from there on are in the file. */
function within(view: DataView, offset: bigint, length: bigint, what: string): number {
  if (offset > BigInt(view.byteLength) || length > BigInt(view.byteLength) - offset)
    throw new Error(`ELF ${what}: ${length} bytes at ${offset} are outside the file of ${view.byteLength}`);
  return Number(offset);
}

function readSegment(view: DataView, at: number): Segment {
  const u64 = (offset: number) => view.getBigUint64(at + offset, true);
  const fileSize = u64(32);
  const memorySize = u64(40);
  if (memorySize > 1n << 40n || u64(48) > 1n << 40n) throw new Error(`ELF segment of ${memorySize} bytes in memory`);
  if (view.getUint32(at, true) === PT_LOAD && fileSize > memorySize)
    throw new Error(`ELF segment: ${fileSize} bytes in the file, ${memorySize} in memory`);
  return {
    type: view.getUint32(at, true),
    flags: view.getUint32(at + 4, true),
    offset: within(view, u64(8), fileSize, "segment"),
    virtual: u64(16),
    physical: u64(24),
    fileSize: Number(fileSize),
    memorySize: Number(memorySize),
    align: Number(u64(48)),
    headerAt: at,
  };
}

function readSections(view: DataView): Section[] {
  const entries = table(view, 40, 58, 64, "section headers");
  const u64 = (at: number) => view.getBigUint64(at, true);
  const extent = (at: number, what: string) => {
    const bits = view.getUint32(at + 4, true) === SHT_NOBITS ? 0n : u64(at + 32);
    return within(view, bits ? u64(at + 24) : 0n, bits, what);
  };
  const names = entries[view.getUint16(62, true)];
  const namesAt = names === undefined ? 0 : extent(names, "section names");
  const namesSize = names === undefined ? 0 : Number(u64(names + 32));
  return entries.map((at) => {
    const size = u64(at + 32);
    if (size > 1n << 40n) throw new Error(`ELF section of ${size} bytes`);
    return {
      name: cString(view, namesAt, namesSize, view.getUint32(at, true)),
      type: view.getUint32(at + 4, true),
      flags: Number(u64(at + 8) & 0xffffffffn),
      address: u64(at + 16),
      offset: extent(at, "section"),
      size: Number(size),
      headerAt: at,
    };
  });
}

function cString(view: DataView, tableAt: number, size: number, from: number): string {
  if (from >= size) return "";
  const bytes = new Uint8Array(view.buffer, view.byteOffset + tableAt + from, size - from);
  const end = bytes.indexOf(0);
  return Buffer.from(bytes.subarray(0, Math.max(end, 0))).toString("latin1");
}

function readNotes(bytes: Uint8Array, view: DataView, segment: Segment): Note[] {
  const notes: Note[] = [];
  const end = segment.offset + segment.fileSize;
  let at = segment.offset;
  while (end - at >= 12) {
    const [nameSize, size, type] = [0, 4, 8].map((n) => view.getUint32(at + n, true)) as [number, number, number];
    const descriptionAt = at + 12 + align4(nameSize);
    if (descriptionAt + size > end)
      throw new Error(`ELF note at ${at}: ${nameSize} + ${size} bytes reach past its segment`);
    const owner = cString(view, at + 12, nameSize, 0);
    notes.push({ owner, type, bytes: bytes.subarray(descriptionAt, descriptionAt + size), at: descriptionAt });
    at = descriptionAt + align4(size);
  }
  return notes;
}

const align4 = (n: number) => Math.ceil(n / 4) * 4;
