// REQ-GROUND-018
/** The inventory that a capture or a baseline shows. */

import type { Entry } from "../../detectors/learned.ts";
import type { ApplicationWords } from "../../ip/decode/words.ts";
import { BROADCAST } from "../../mil1553/simulator/message.ts";
import { protocolOf } from "../evaluate/rows.ts";
import { functionCode } from "./functions.ts";
import { type Item, Items, messageOf, protocolWord } from "./items.ts";

/** What is used of a flow event: who asked, who answered, and how much. */
export interface FlowEvent {
  event_type: "flow";
  src_ip: string;
  dest_ip: string;
  dest_port?: number;
  proto: string;
  flow: { pkts_toserver: number; pkts_toclient: number; start: string; end: string };
  tcp?: { tcp_flags_tc?: string };
}

const [SYN_ACK, RST] = [0x12, 0x04];
/** Packets from which on a conversation that nobody answers is one: less is a try, of a scanner for instance. */
const SEVERAL = 3;

/** `yes`: the service answered; `no`: it only takes; undefined: it is none. What refuses is none. */
function answersOf({ flow, tcp }: FlowEvent): "yes" | "no" | undefined {
  if (!tcp) return flow.pkts_toclient > 0 ? "yes" : flow.pkts_toserver >= SEVERAL ? "no" : undefined;
  const flags = Number.parseInt(tcp.tcp_flags_tc ?? "0", 16);
  return (flags & SYN_ACK) === SYN_ACK || (flow.pkts_toclient > 0 && !(flags & RST)) ? "yes" : undefined;
}

export class Found {
  readonly #items = new Items();
  readonly #words: ApplicationWords | undefined;

  /** @param words names of protocols; without it functions are left out */
  constructor(words?: ApplicationWords) {
    this.#words = words;
  }

  flow(event: FlowEvent): void {
    const { src_ip: client, dest_ip: server, dest_port: port, flow } = event;
    const [first, last] = [flow.start, flow.end].map(iso) as [string, string];
    const protocol = protocolWord(protocolOf(event.proto) ?? event.proto);
    const isSpoken = flow.pkts_toclient > 0;
    const host = (address: string) => {
      const item = this.#items.of("host", { address });
      this.#items.saw(item, first, last);
      return item;
    };
    const from = host(client);
    // An address that nobody answers at may be nobody's
    const answers = answersOf(event);
    if (isSpoken) host(server);
    if (answers === undefined) return;
    const to = host(server);
    this.#items.add(from, "roles", "client");
    this.#items.add(to, "roles", "server");
    const service = this.#items.of("service", { address: server, protocol, ...(port !== undefined && { port }) });
    this.#items.saw(service, first, last);
    this.#items.add(service, "clients", client);
    if (service.members.answers !== "yes") service.members.answers = answers;
  }

  /** @param services whether conversations that were learned are services: where no flow events tell more of them */
  entry(entry: Entry, services: boolean): void {
    if (entry.detector === "arp") {
      const host = this.#items.of("host", { address: entry.ip as string });
      const macs = entry.macs as string[];
      this.#items.add(host, "mac", ...macs, ...(entry.more ? ["and others"] : []));
    } else if (entry.detector === "new-pair" && services) this.#talk(entry);
    else if (entry.detector === "content.said") this.#said(entry);
    else if (entry.detector === "bus.message") this.#message(entry);
  }

  #talk(entry: Entry): void {
    const { client, server, proto, service, either, packets } = entry as unknown as {
      [name in "client" | "server"]: string;
    } & { proto: number; service: number; either?: boolean; packets: number };
    if (packets < SEVERAL || isMac(client)) return;
    const ends = [client, server].filter((address) => address !== "*");
    const [from, to] = ends.map((address) => this.#items.of("host", { address }));
    if (either || ends.length < 2) return;
    this.#items.add(from!, "roles", "client");
    this.#items.add(to!, "roles", "server");
    const hasPort = proto === 6 || proto === 17 || proto === 132;
    const key = { address: server, protocol: protocolWord(proto), ...(hasPort && { port: service }) };
    this.#items.add(this.#items.of("service", key), "clients", client);
  }

  /** What a service is asked for. Its entry comes behind that of the conversation. */
  #said(entry: Entry): void {
    const { server, proto, service, side, app, kind, about } = entry as unknown as {
      server: string;
      about?: string;
    } & {
      [name in "proto" | "service" | "side" | "app" | "kind"]: number;
    };
    if (side !== 0 || about !== undefined || !this.#words) return;
    const item = this.#items.find("service", { address: server, protocol: protocolWord(proto), port: service });
    const code = functionCode(this.#words, app, kind);
    if (item && code) this.#items.add(item, "functions", code);
  }

  #message(entry: Entry): void {
    const { channel, commands, a, b } = entry as unknown as {
      channel: number;
      commands: number[];
      a: number;
      b: number;
    };
    for (const command of commands) {
      const { key, words } = messageOf(channel, command);
      if (key.terminal !== BROADCAST) {
        const item = this.#items.of("terminal", { channel, terminal: key.terminal! });
        this.#items.add(item, "buses", ...(a ? ["A"] : []), ...(b ? ["B"] : []));
      }
      const message = this.#items.of("message", key);
      if (words.length) this.#items.add(message, "words", ...words);
    }
  }

  items(): Item[] {
    return this.#items.sorted();
  }
}

const isMac = (address: string) => /^(..:){5}..$/.test(address);
/** Of EVE's time, to the second. */
const iso = (time: string) => `${time.slice(0, 19)}Z`;
