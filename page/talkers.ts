/** Who talked with whom, and how much: from the flow events. */
export interface Talker {
  source: string;
  destination: string;
  flows: number;
  packets: number;
  bytes: number;
  alerted: number;
  /** Of the services that were used: `TCP 502`; at most eight. */
  services: string[];
}

interface Flow {
  src_ip?: string;
  dest_ip?: string;
  dest_port?: number;
  proto?: string;
  flow?: {
    pkts_toserver: number;
    pkts_toclient: number;
    bytes_toserver: number;
    bytes_toclient: number;
    alerted?: boolean;
  };
}

const decoder = new TextDecoder("latin1");
/** Pairs that are told apart; the rest is one. */
const MOST = 20_000;

export class Talkers {
  readonly #pairs = new Map<string, Talker>();

  /** @param json a flow event */
  take(json: Uint8Array): void {
    const { src_ip = "?", dest_ip = "?", dest_port, proto = "", flow } = JSON.parse(decoder.decode(json)) as Flow;
    if (!flow) return;
    const key = `${src_ip} ${dest_ip}`;
    const talker = this.#pairs.get(key) ?? this.#open(key, src_ip, dest_ip);
    talker.flows++;
    talker.packets += flow.pkts_toserver + flow.pkts_toclient;
    talker.bytes += flow.bytes_toserver + flow.bytes_toclient;
    if (flow.alerted) talker.alerted++;
    const service = dest_port === undefined ? proto : `${proto} ${dest_port}`;
    if (talker.services.length < 8 && !talker.services.includes(service)) talker.services.push(service);
  }

  #open(key: string, source: string, destination: string): Talker {
    const full = this.#pairs.size >= MOST;
    const place = full ? "others" : key;
    const there = this.#pairs.get(place);
    if (there) return there;
    const [from, to] = full ? ["others", "others"] : [source, destination];
    const talker = { source: from, destination: to, flows: 0, packets: 0, bytes: 0, alerted: 0, services: [] };
    this.#pairs.set(place, talker);
    return talker;
  }

  /** By bytes, falling. */
  largest(most: number): Talker[] {
    return [...this.#pairs.values()].sort((a, b) => b.bytes - a.bytes || (a.source < b.source ? -1 : 1)).slice(0, most);
  }
}
