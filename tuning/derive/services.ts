/** What was seen, gathered by service: who sends what to whom, how long, how often. */
import { networkText } from "../../lib/addresses.ts";

/** One well-formed frame. */
export interface Seen {
  /** ns. */
  time: bigint;
  version: 4 | 6;
  source: bigint;
  destination: bigint;
  protocol: number;
  /** 4096: untagged. */
  vlan: number;
  sourcePort: number;
  /** Of ICMP the type. */
  port: number;
  size: number;
}

export interface Service {
  version: 4 | 6;
  destination: bigint;
  protocol: number;
  vlan: number;
  port: number;
  sources: Set<bigint>;
  frames: number;
  least: number;
  most: number;
  /** Most frames within one second, counted in windows that begin with a frame. */
  peak: number;
  /** The times of the last second's frames, oldest first. */
  recent: bigint[];
}

const SECOND = 1_000_000_000n;

/** Past this many services traffic is not a plant's but a scan's; the survey goes on without taking new ones. */
const MOST_SERVICES = 4096;
const MOST_CONVERSATIONS = 262_144;

export class Services {
  readonly services = new Map<string, Service>();
  /** Frames that go back where a first frame came from: a one-way appliance has nothing to do with them. */
  answers = 0;
  /** Frames of services beyond MOST_SERVICES. */
  unlisted = 0;
  /** Who spoke first, by both ends. */
  readonly #first = new Set<string>();

  add(seen: Seen): void {
    if (this.#isAnswer(seen)) {
      this.answers++;
      return;
    }
    const key = `${seen.vlan} ${seen.version} ${seen.protocol} ${seen.destination} ${seen.port}`;
    let service = this.services.get(key);
    if (!service) {
      if (this.services.size >= MOST_SERVICES) {
        this.unlisted++;
        return;
      }
      const { version, destination, protocol, vlan, port, size } = seen;
      service = {
        version,
        destination,
        protocol,
        vlan,
        port,
        sources: new Set(),
        frames: 0,
        least: size,
        most: size,
        peak: 0,
        recent: [],
      };
      this.services.set(key, service);
    }
    count(service, seen);
  }

  /** Whether the other end spoke first, with these ports the other way round. An echo reply answers by its nature. */
  #isAnswer({ version, protocol, source, destination, sourcePort, port }: Seen): boolean {
    if (protocol === 1 || protocol === 58) return port === 0 || port === 129;
    if (this.#first.has(`${version} ${protocol} ${destination} ${port} ${source} ${sourcePort}`)) return true;
    if (this.#first.size < MOST_CONVERSATIONS)
      this.#first.add(`${version} ${protocol} ${source} ${sourcePort} ${destination} ${port}`);
    return false;
  }
}

function count(service: Service, { source, size, time }: Seen): void {
  service.sources.add(source);
  service.frames++;
  service.least = Math.min(service.least, size);
  service.most = Math.max(service.most, size);
  const { recent } = service;
  while (recent.length && time - recent[0]! >= SECOND) recent.shift();
  recent.push(time);
  service.peak = Math.max(service.peak, recent.length);
}

/** The addresses as text, sorted by number. */
export function sourcesText({ version, sources }: Service): string[] {
  return [...sources].sort((a, b) => (a < b ? -1 : 1)).map((address) => addressText(version, address));
}

export function addressText(version: 4 | 6, address: bigint): string {
  return networkText({ version, hi: address >> 64n, lo: address & ((1n << 64n) - 1n), bits: version === 4 ? 32 : 128 });
}
