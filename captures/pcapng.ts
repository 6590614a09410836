// REQ-DECODE-009, REQ-DECODE-010, REQ-DECODE-011
// pcapng files (draft-ietf-opsawg-pcapng): blocks, each with its length in front and behind. Sections may differ in byte
// order and have interfaces of their own. Packets are in enhanced, simple and (obsolete) packet blocks; others are skipped.
//
// As long as the two lengths of a block agree the framing is trusted: damage inside a block costs that block only. When
// they do not, reading stops: what looks like a block further on may be inside a packet.
import { MAX_CAPTURED, RecordKind } from "../appliance/contract/abi.ts";
import type { RecordBatch } from "./batch.ts";
import { FULL, type ReadRecords, STOP } from "./format.ts";
import { Interface, readInterface } from "./interface.ts";
import { MAX_RECORD } from "./pcap.ts";
import type { FileSummary } from "./summary.ts";
import { MAX_CONTIGUOUS, type Window } from "./window.ts";

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const OBSOLETE_PACKET = 2;
const SIMPLE_PACKET = 3;
const ENHANCED_PACKET = 6;

const BYTE_ORDER = 0x1a2b3c4d;
const LEAST_BLOCK = 12; // type, length, length
const SECTION_FIELDS = 28; // a section header without options
const MAX_INTERFACES = 65536; // in one section; a file of nothing but interfaces must not fill the memory

export function isPcapng({ view, at, end }: Window): boolean {
  if (end - at < 12 || view.getUint32(at, true) !== SECTION_HEADER) return false;
  return view.getUint32(at + 8, true) === BYTE_ORDER || view.getUint32(at + 8, false) === BYTE_ORDER;
}

export function pcapng(file: FileSummary): ReadRecords {
  file.format = "pcapng";
  const reader = new PcapngReader(file);
  return (window, batch) => reader.read(window, batch);
}

class PcapngReader {
  #file: FileSummary;
  #little = true;
  #interfaces: Interface[] = [];
  /** The section is of a version that is not known: its blocks are skipped. */
  #foreign = false;
  /** What is left of a block too long for the window, and the length to find behind it. */
  #skip = 0;
  #skipLength = 0;
  /** Time of the last packet: a simple packet has none of its own. */
  #low = 0;
  #high = 0;
  /** Packets of the same link type in a row, not yet in the summary. */
  #link = 0;
  #linkPackets = 0;

  constructor(file: FileSummary) {
    this.#file = file;
  }

  read(window: Window, batch: RecordBatch): number {
    for (;;) {
      const result = this.#skip > 0 ? this.#skipOn(window) : this.#block(window, batch);
      if (result === NEXT) continue;
      this.#countLinks(this.#link);
      return result;
    }
  }

  /** Works through one block; NEXT when the next one can be read. */
  #block(window: Window, batch: RecordBatch): number {
    const { view, at, end } = window;
    const file = this.#file;
    if (at === end && window.ended) return STOP;
    if (end - at < LEAST_BLOCK) return this.#more(window, LEAST_BLOCK, "block header cut");
    // A section header reads the same in both byte orders; the order is behind its length.
    const type = view.getUint32(at, this.#little);
    if (type === SECTION_HEADER) {
      this.#little = view.getUint32(at + 8, true) === BYTE_ORDER;
      if (view.getUint32(at + 8, this.#little) !== BYTE_ORDER) {
        file.damaged(window.offset(at + 8), "byte-order magic of a section", "1a2b3c4d expected");
        return STOP;
      }
    }
    const length = view.getUint32(at + 4, this.#little);
    if (length % 4 !== 0 || length < LEAST_BLOCK || (type === SECTION_HEADER && length < SECTION_FIELDS)) {
      file.damaged(
        window.offset(at + 4),
        "block length",
        `a multiple of 4 from ${LEAST_BLOCK} expected, ${length} announced`,
      );
      return STOP;
    }
    if (length > MAX_CONTIGUOUS) return this.#longBlock(window, type, length);
    if (end - at < length) return this.#more(window, length, "block cut");
    const behind = view.getUint32(at + length - 4, this.#little);
    if (behind !== length) {
      const offset = window.offset(at + length - 4);
      file.damaged(offset, "block length after the block", `${length} expected as before the block, ${behind} found`);
      return STOP;
    }
    if (type === SECTION_HEADER) this.#section(window);
    else if (this.#foreign) file.otherBlocks++;
    else if (type === INTERFACE_DESCRIPTION) this.#interface(window, length);
    else if (type === ENHANCED_PACKET || type === OBSOLETE_PACKET || type === SIMPLE_PACKET) {
      if (!this.#packet(window, batch, type, length)) return FULL;
    } else file.otherBlocks++;
    window.at = at + length;
    return NEXT;
  }

  /** Asks for a block that is not whole yet, or notes that it never will be. */
  #more(window: Window, need: number, what: string): number {
    if (!window.ended) return need;
    this.#file.damaged(window.offset(), what, `${need} bytes expected, ${window.end - window.at} left`);
    window.at = window.end;
    return STOP;
  }

  /** A block that does not fit the window: only such as hold no packets, or section headers with endless comments. */
  #longBlock(window: Window, type: number, length: number): number {
    const { at, end } = window;
    if (end - at < SECTION_FIELDS && !window.ended) return SECTION_FIELDS;
    if (type === INTERFACE_DESCRIPTION) {
      this.#file.damaged(window.offset(at + 4), "interface description length", `${length} announced`);
      return STOP;
    }
    if (type === SECTION_HEADER && end - at >= SECTION_FIELDS) this.#section(window);
    else if (type === ENHANCED_PACKET || type === OBSOLETE_PACKET || type === SIMPLE_PACKET) {
      this.#file.damaged(
        window.offset(at + 4),
        "packet block length",
        `at most ${MAX_CONTIGUOUS} expected, ${length} announced`,
      );
    } else this.#file.otherBlocks++;
    this.#skip = length;
    this.#skipLength = length;
    return NEXT;
  }

  #skipOn(window: Window): number {
    const step = Math.min(this.#skip - 4, window.end - window.at);
    window.at += step;
    this.#skip -= step;
    if (window.end - window.at < 4) {
      if (!window.ended) return 4;
      const left = this.#skip;
      this.#file.damaged(window.offset(), "block cut", `${this.#skipLength} bytes announced, ${left} missing`);
      return STOP;
    }
    const behind = window.view.getUint32(window.at, this.#little);
    if (behind !== this.#skipLength) {
      this.#file.damaged(
        window.offset(),
        "block length after the block",
        `${this.#skipLength} expected, ${behind} found`,
      );
      return STOP;
    }
    window.at += 4;
    this.#skip = 0;
    return NEXT;
  }

  #section(window: Window): void {
    const major = window.view.getUint16(window.at + 12, this.#little);
    const minor = window.view.getUint16(window.at + 14, this.#little);
    this.#interfaces = [];
    this.#foreign = major !== 1;
    if (this.#foreign)
      this.#file.damaged(
        window.offset(window.at + 12),
        `section of version ${major}.${minor}`,
        "1.0 expected; skipped",
      );
  }

  #interface(window: Window, length: number): void {
    if (length < 20 || this.#interfaces.length >= MAX_INTERFACES) {
      this.#file.damaged(
        window.offset(),
        "interface description",
        length < 20 ? "20 bytes expected" : `at most ${MAX_INTERFACES} in a section expected`,
      );
      // Its number is taken all the same.
      if (length < 20 && this.#interfaces.length < MAX_INTERFACES) this.#interfaces.push(new Interface(65535, 0));
      return;
    }
    const problem = (at: number, what: string, expected: string) =>
      this.#file.damaged(window.offset(at), what, expected);
    this.#interfaces.push(readInterface(window.view, window.at, length, this.#little, problem));
  }

  /** Returns false when the batch is full. */
  #packet(window: Window, batch: RecordBatch, type: number, blockLength: number): boolean {
    const { view, at } = window;
    const little = this.#little;
    const simple = type === SIMPLE_PACKET;
    const fields = simple ? 12 : 28;
    if (blockLength < fields + 4)
      return this.#bad(window, 4, "packet block length", `${fields + 4} or more expected, ${blockLength} announced`);
    const index = simple
      ? 0
      : type === ENHANCED_PACKET
        ? view.getUint32(at + 8, little)
        : view.getUint16(at + 8, little);
    const on = this.#interfaces[index];
    if (!on)
      return this.#bad(window, 8, `packet of interface ${index}`, `${this.#interfaces.length} described before it`);
    let original = view.getUint32(at + (simple ? 8 : 24), little);
    const length = simple ? Math.min(original, on.snaplen || original) : view.getUint32(at + 20, little);
    const room = blockLength - fields - 4;
    const most = Math.min(room, MAX_RECORD);
    if (length > most)
      return this.#bad(window, simple ? 8 : 20, "packet length", `at most ${most} expected, ${length} announced`);
    const captured = Math.min(length, MAX_CAPTURED);
    if (!batch.fits(captured)) return false;
    if (captured < length) this.#file.cut++;
    if (original < length) {
      this.#file.oddLengths++;
      original = length;
    }
    if (simple) this.#file.untimed++;
    else {
      if (!on.time(view.getUint32(at + 12, little), view.getUint32(at + 16, little))) this.#file.oddTimes++;
      this.#low = on.low;
      this.#high = on.high;
      this.#file.time(on.high, on.low);
    }
    this.#file.count(captured, original);
    if (on.link !== this.#link) this.#countLinks(on.link);
    this.#linkPackets++;
    const { bytes } = window;
    const source = Math.min(index, 255);
    batch.put(bytes, view, at + fields, captured, original, this.#low, this.#high, on.link, RecordKind.FRAME, source);
    return true;
  }

  /** Notes damage in a packet block: only this one is lost. */
  #bad(window: Window, offset: number, what: string, expected: string): true {
    this.#file.damaged(window.offset(window.at + offset), what, expected);
    return true;
  }

  #countLinks(next: number): void {
    this.#file.link(this.#link, this.#linkPackets);
    this.#link = next;
    this.#linkPackets = 0;
  }
}

const NEXT = -2;
