// REQ-GROUND-016
/**
 * What a capture looks like when it was taken where packets are not as on the wire: on a host that leaves checksums to its
 * network card (offload), or at a mirror port that shows each frame twice. Said once at the end of a run; nothing is decided by
 * it, because whoever sends frames can make them look so. A sample is looked at: the first frames, then one of each batch.
 */
import { RecordHeader, RecordKind } from "../appliance/contract/abi.ts";
import { afterRecord } from "../appliance/contract/records.ts";
import { ip as addressText } from "../ip/decode/addresses.ts";
import { Decoder, type PacketView } from "../ip/decode/decoder.ts";

/** Frames that are all looked at. */
const FIRST = 4096;
const SOURCES = 256;
/** So many wrong sums of one source, and no right one, are no accident. */
const WRONG = 8;
/** Frames of the recent past that the next one may be the double of, and how far it may be. */
const RECENT = 32;
const APART = 10_000_000n; // ns
/** Of the frames looked at, so many at least, and this share of them, have a double. */
const DOUBLED = 8;
const SHARE = 0.25;

const SUMS = ["decoder.tcp.bad_checksum", "decoder.udp.bad_checksum"];
const NO_LENGTH = "decoder.ipv4.iplen_smaller_than_hlen";

interface Source {
  right: number;
  wrong: number;
}

export class Hints {
  readonly #decoder: Decoder;
  readonly #ignoresChecksums: boolean;
  #seen = 0;
  readonly #sources = new Map<string, Source>();
  #withoutLength = 0;
  readonly #recent: { time: bigint; bytes: Buffer }[] = [];
  #compared = 0;
  #doubled = 0;

  private constructor(decoder: Decoder, ignoresChecksums: boolean) {
    this.#decoder = decoder;
    this.#ignoresChecksums = ignoresChecksums;
  }

  /** @param ignoresChecksums as with `-k none`: nothing is said of them */
  static async create(ignoresChecksums: boolean): Promise<Hints> {
    return new Hints(await Decoder.create(), ignoresChecksums);
  }

  /** @param length of the records at the front of `target` */
  look(target: Uint8Array, length: number): void {
    const record = new RecordHeader(target, 0);
    for (let looked = 0; record.at < length; record.at = afterRecord(record)) {
      if (record.kind !== RecordKind.FRAME) continue;
      if (this.#seen >= FIRST && looked > 0) return;
      looked++;
      this.#seen++;
      const bytes = target.subarray(record.at, afterRecord(record));
      this.#frame(bytes, record);
    }
  }

  #frame(bytes: Uint8Array, { time, captured, original }: RecordHeader): void {
    const decoder = this.#decoder;
    decoder.input.set(bytes);
    for (const packet of decoder.decode(bytes.length)) {
      if (!packet.outer) return;
      this.#sum(bytes, packet);
      if (this.#seen < FIRST && captured === original) this.#double(bytes, time, packet);
    }
  }

  #sum(bytes: Uint8Array, packet: PacketView): void {
    const ip = packet.outer!;
    const names = packet.anomalies.map(({ event }) => event);
    if (names.includes(NO_LENGTH) && packet.u32("original") > 1514) this.#withoutLength++;
    const isTransport = ip.protocol === 6 || ip.protocol === 17;
    if (!isTransport || packet.is("UNVERIFIED") || packet.is("TUNNELLED")) return;
    const udp = RecordHeader.SIZE + packet.offsetOf(packet.protocols.indexOf("udp"));
    if (ip.protocol === 17 && bytes[udp + 6] === 0 && bytes[udp + 7] === 0) return; // none, which is neither
    const key = addressText(ip.version, ip.srcHi, ip.srcLo);
    let source = this.#sources.get(key);
    if (!source) {
      if (this.#sources.size === SOURCES) return;
      source = { right: 0, wrong: 0 };
      this.#sources.set(key, source);
    }
    source[names.some((name) => SUMS.includes(name)) ? "wrong" : "right"]++;
  }

  /** The same IP packet again, whatever is in front of it: routers on the way change TTL and sum, and are not looked for. */
  #double(bytes: Uint8Array, time: bigint, packet: PacketView): void {
    const start = packet.protocols.indexOf(packet.outer!.version === 4 ? "ip" : "ipv6");
    const whole = Buffer.from(
      bytes.subarray(RecordHeader.SIZE + packet.offsetOf(start), RecordHeader.SIZE + packet.u32("captured")),
    );
    const before = this.#recent.findIndex(
      (one) => time - one.time <= APART && one.time - time <= APART && one.bytes.equals(whole),
    );
    this.#compared++;
    if (before >= 0) {
      this.#doubled++;
      this.#recent.splice(before, 1); // a third one is the double of nothing
      return;
    }
    this.#recent.push({ time, bytes: whole });
    if (this.#recent.length > RECENT) this.#recent.shift();
  }

  /** For people, a line each. */
  texts(): string[] {
    const found: string[] = [];
    const offloading = [...this.#sources].filter(([, { right, wrong }]) => right === 0 && wrong >= WRONG);
    const [first] = offloading;
    if (!this.#ignoresChecksums && first) {
      const others = offloading.length > 1 ? ` and ${offloading.length - 1} more` : "";
      found.push(
        `all checksums of ${first[0]}${others} are wrong (${first[1].wrong} looked at): looks like checksum offload: use -k none`,
      );
    } else if (!this.#ignoresChecksums && this.#withoutLength)
      found.push(
        `long frames with an IP length of 0 (${this.#withoutLength} looked at), left to the network card: looks like checksum offload: use -k none`,
      );
    if (this.#doubled >= DOUBLED && this.#doubled >= SHARE * (this.#compared - this.#doubled))
      found.push(
        `${this.#doubled} of ${this.#compared} packets looked at are there twice: looks like a mirror port (SPAN) that shows frames as ` +
          "they come in and as they go out: counts and rates are twice what they are",
      );
    return found;
  }
}
