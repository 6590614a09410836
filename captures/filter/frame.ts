/** Where in a frame things are, for each link type, as libpcap has it. */
import { Emitter, type Label, label, Op } from "./emitter.ts";
import { FilterError } from "./parse.ts";

export const TRANSPORT: Record<string, number> = { tcp: 6, udp: 17, sctp: 132, icmp: 1, igmp: 2 };

export class FrameEmitter extends Emitter {
  readonly link: number;
  /** 802.1Q tags that the words so far have asked for: what follows looks behind them, as in libpcap. */
  tags = 0;

  constructor(link: number) {
    super();
    this.link = link;
  }

  get isEthernet(): boolean {
    return this.link === 1;
  }

  /** Where the network layer begins. */
  get network(): number {
    switch (this.link) {
      case 1:
        return 14 + 4 * this.tags;
      case 113:
        return 16;
      case 276:
        return 20;
      case 0:
      case 108:
        return 4;
      default:
        return 0;
    }
  }

  /** Goes on here when the frame's type is this, else to `no`. */
  etherType(type: number, no: Label): void {
    switch (this.link) {
      case 1:
      case 113:
      case 276:
        this.add(Op.LOAD, this.link === 1 ? 12 + 4 * this.tags : this.link === 113 ? 14 : 0, 2);
        this.require(Op.EQUAL, type, no);
        return;
      case 0:
      case 108: {
        // Address families, in the order of bytes of whoever captured: 2 is IPv4 everywhere, IPv6 differs by system
        const families = type === 0x800 ? [2] : type === 0x86dd ? [10, 24, 28, 30] : [];
        const yes = label();
        this.add(Op.LOAD, 0, 4);
        for (const family of families)
          for (const value of [family, family * 0x1000000]) {
            const on = label();
            this.jump(Op.EQUAL, value, yes, on);
            this.place(on);
          }
        this.goto(no);
        this.place(yes);
        return;
      }
      case 101:
        if (type !== 0x800 && type !== 0x86dd) {
          this.goto(no);
          return;
        }
        this.add(Op.LOAD, 0, 1);
        this.add(Op.AND_K, 0xf0);
        this.require(Op.EQUAL, type === 0x800 ? 0x40 : 0x60, no);
        return;
      default:
        this.goto(no);
    }
  }

  onEthernet(what: string): void {
    if (!this.isEthernet)
      throw new FilterError(`filter: ${what} needs Ethernet, and there are other frames in these captures`);
  }

  protocol(name: string, no: Label): void {
    const types: Record<string, number> = { ip: 0x800, ip6: 0x86dd, arp: 0x806, rarp: 0x8035 };
    if (name === "ether") return;
    if (types[name] !== undefined) {
      this.etherType(types[name]!, no);
      return;
    }
    if (name === "icmp" || name === "igmp") {
      this.ipProtocol(TRANSPORT[name]!, no);
      return;
    }
    if (name === "icmp6") {
      this.etherType(0x86dd, no);
      this.nextHeader(58, no);
      return;
    }
    const [yes, four] = [label(), label()];
    const fails = label();
    this.etherType(0x86dd, four);
    this.nextHeader(TRANSPORT[name]!, fails);
    this.goto(yes);
    this.place(fails);
    this.goto(no);
    this.place(four);
    this.ipProtocol(TRANSPORT[name]!, no);
    this.place(yes);
  }

  ipProtocol(value: number, no: Label): void {
    this.etherType(0x800, no);
    this.add(Op.LOAD, this.network + 9, 1);
    this.require(Op.EQUAL, value, no);
  }

  /** IPv6: the next header, or that behind a fragment header. */
  nextHeader(value: number, no: Label): void {
    const [yes, on] = [label(), label()];
    this.add(Op.LOAD, this.network + 6, 1);
    this.jump(Op.EQUAL, value, yes, on);
    this.place(on);
    this.require(Op.EQUAL, 44, no);
    this.add(Op.LOAD, this.network + 40, 1);
    this.require(Op.EQUAL, value, no);
    this.place(yes);
  }

  notFragment(no: Label): void {
    this.add(Op.LOAD, this.network + 6, 2);
    this.add(Op.AND_K, 0x1fff);
    this.require(Op.EQUAL, 0, no);
  }
}
