import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { uniform } from "../../lib/numerics/random.ts";
import { checkAll, type Found, IpProbe, lessonOf, mergeAll, packAll, sound, taught } from "../ip/testing/probe.ts";
import { at, byTime, delay, dnsMessage, echo, every, lookup, udpData } from "../ip/testing/traffic.ts";
import type { Frame } from "../testing/site.ts";

const [CLIENT, RESOLVER, OUTSIDE] = ["10.1.0.20", "10.1.0.2", "93.184.216.34"];
const u = uniform(11);
const word = (length: number, alphabet = "abcdefghijklmnopqrstuvwxyz234567") =>
  Array.from({ length }, () => alphabet[Math.floor(u() * alphabet.length)]).join("");
const labels = (bytes: number) => word(bytes).replaceAll(/.{60}(?=.)/g, "$&.");
const asks = (gap: number, n: number, name: (k: number) => string, type = 1, back = 40) =>
  byTime(
    Array.from({ length: n }, (_, k) => lookup(1000 + k * gap, CLIENT, RESOLVER, { name: name(k), type }, back)).flat(),
  );
const fresh = async (frames: Frame[]) => checkAll(await IpProbe.create(), frames);
const dns = (found: Found[]) => found.filter((f) => f.detector === "dns-tunnel");

describe("DNS", () => {
  it("finds tunnels of all speeds; the table says when", async () => {
    const cases: Record<string, Frame[]> = {
      "iodine, NULL, 180 bytes, 20 a second": asks(0.05, 200, () => `${labels(180)}.t.evil.net`, 10, 900),
      "dnscat2, 60 bytes, 1 a second": asks(1, 120, () => `${labels(60)}.evil.net`, 5),
      "a file in 60-byte names, one in 10 s": asks(10, 120, () => `${labels(60)}.evil.net`),
      "commands in TXT answers of 400 bytes, 1 in 3 s": asks(3, 120, (k) => `${k % 4}.evil.net`, 16, 400),
      "300 short new names a minute": asks(0.2, 1500, () => `${word(12)}.evil.net`),
      "data as addresses, 30 a second": asks(1 / 30, 3000, (k) => `${k & 255}.${k >> 8}.7.${k % 200}.evil.net`),
      "what is no address: five digits": asks(0.2, 1500, () => `1.2.3.${word(5, "0123456789")}.evil.net`),
      "what is no address: zeros in front": asks(0.2, 1500, (k) => `1.2.${k >> 8}.00${k & 255}.evil.net`),
      "no DNS at all on port 53": every(0.5, 100, 1000, () =>
        udpData(CLIENT, 5000, OUTSIDE, 53, Buffer.from(word(100))),
      ),
    };
    const rows = [];
    for (const [name, frames] of Object.entries(cases)) {
      const found = dns(await fresh(frames));
      expect(found.filter((f) => !sound(f))).toEqual([]);
      rows.push({ name, "first alarm, s": delay(found, "dns-tunnel", 1000), seen: found[0]?.seen });
    }
    console.table(rows);
    expect(rows.every((row) => row["first alarm, s"] !== null)).toBe(true);
  });

  it("is silent about long names that are normal", async () => {
    const cdn = [
      (k: number) => `d${word(13)}.cloudfront.net`.replace("d", k % 2 ? "d" : "e"),
      () => `rr${Math.floor(u() * 9)}---sn-${word(12)}.googlevideo.com`,
      () => `ec2-54-${Math.floor(u() * 255)}-1-2.eu-west-1.compute.amazonaws.com`,
      () => `a${Math.floor(u() * 2000)}.dscb.akamai.net`,
    ];
    const cases: Record<string, Frame[]> = {
      "content networks, 30 new names a minute": asks(2, 900, (k) => cdn[k % 4]!(k)),
      "reverse look-ups of IPv6": asks(0.5, 1000, () => `${[...word(32, "0123456789abcdef")].join(".")}.ip6.arpa`),
      "the same six long names again and again": asks(
        1,
        1200,
        (k) => `${"abcdef"[k % 6]!.repeat(50)}.service.example.co.uk`,
      ),
      "a mail server's SPF and DKIM records": asks(5, 300, (k) => `selector1._domainkey.site${k}.com`, 16, 400),
      "a mail server's block list, 3 senders a second": asks(
        1 / 3,
        900,
        (k) => `${[k & 255, (k * 7) & 255, (k * 31) & 255, k % 200].join(".")}.zen.lists.org`,
      ),
      "the same of IPv6, a sender a second": asks(
        1,
        600,
        () => `${[...word(32, "0123456789abcdef")].join(".")}.lists.org`,
      ),
      "a telemetry name of 60 bytes once a minute": asks(60, 60, () => `${word(60)}.telemetry.example.com`),
      "dynamic updates and keep-alives": every(1, 200, 1000, (k) => {
        const message = dnsMessage({ name: "host.example.com" });
        if (k % 2) message[2] = 0x28;
        else message.set([0, 0], 4);
        return udpData(CLIENT, 5000, RESOLVER, 53, message);
      }),
    };
    const rows = [];
    for (const [name, frames] of Object.entries(cases))
      rows.push({ name, found: dns(await fresh(frames))[0]?.seen ?? "" });
    console.table(rows);
    expect(rows.filter((row) => row.found)).toEqual([]);
  });

  it("keeps to the level that a domain was learned at, for any client", async () => {
    const lookups = (domain: string) => asks(0.5, 300, () => `${labels(70)}.${domain}`);
    const probe = await taught(lookups("antivirus.example.com"), undefined, ["tunnel"]);
    expect(dns(checkAll(probe, lookups("antivirus.example.com")))).toEqual([]);
    expect(dns(checkAll(probe, lookups("evil.net"))).length).toBeGreaterThan(0);
  });

  it("survives any bytes on port 53", async () => {
    const probe = await IpProbe.create();
    const good = dnsMessage({ name: "a.b.example.com", type: 16 });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 80 }),
          fc.tuple(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length)).map(([i, v, n]) => {
            const bytes = Uint8Array.from(good.subarray(0, n));
            if (i < n) bytes[i] = v;
            return bytes;
          }),
        ),
        (data) => checkAll(probe, [at(1000, udpData(CLIENT, 5000, RESOLVER, 53, data))]).every(sound),
      ),
      { numRuns: 2000, seed: 5 },
    );
  });

  it("counts what a sweep over domains displaces", async () => {
    const probe = await IpProbe.create();
    checkAll(
      probe,
      asks(0.01, 2000, (k) => `www.${word(8)}${k}.com`),
    );
    expect(probe.e.evictions()).toBeGreaterThan(1000n);
    expect(
      dns(
        checkAll(
          probe,
          asks(0.05, 200, () => `${labels(180)}.t.evil.net`, 10, 900),
        ),
      ).length,
    ).toBeGreaterThan(0);
  });
});

describe("ICMP", () => {
  const icmp = (found: Found[]) => found.filter((f) => f.detector === "icmp-tunnel");
  const pings = (gap: number, n: number, data: (k: number) => Uint8Array, back?: (k: number) => Uint8Array) =>
    byTime(
      Array.from({ length: n }, (_, k) => {
        const sent = data(k);
        return [
          at(1000 + k * gap, echo(8, CLIENT, OUTSIDE, 7, k, sent)),
          at(1000 + k * gap + 0.01, echo(0, OUTSIDE, CLIENT, 7, k, back ? back(k) : sent)),
        ];
      }).flat(),
    );
  const noise = (n: number) => Uint8Array.from({ length: n }, () => Math.floor(u() * 256));
  const linux = (k: number, n = 56) => {
    const data = Uint8Array.from({ length: n }, (_, i) => i);
    new DataView(data.buffer).setBigUint64(0, BigInt(k * 1_000_003), true);
    new DataView(data.buffer).setBigUint64(8, BigInt(k * 7919), true);
    return data;
  };
  const windows = () => Buffer.from("abcdefghijklmnopqrstuvwabcdefghi");
  const payload = noise(512);

  it("finds data in requests, replies that answer something else, replies that nobody asked for", async () => {
    const cases: Record<string, [Frame[], number]> = {
      "data in requests, returned": [pings(0.2, 100, () => noise(200)), 1],
      "other data in replies": [
        pings(
          1,
          60,
          (k) => linux(k),
          () => noise(64),
        ),
        2,
      ],
      "72 random bytes twice a second, returned": [pings(0.5, 600, () => noise(72)), 1],
      "56 random bytes a second, not returned": [
        every(1, 600, 1000, (k) => echo(8, CLIENT, OUTSIDE, 7, k, noise(56))),
        1,
      ],
      "replies only": [every(0.5, 100, 1000, (k) => echo(0, CLIENT, OUTSIDE, 7, k, noise(64))), 3],
    };
    for (const [name, [frames, what]] of Object.entries(cases)) {
      const found = icmp(await fresh(frames));
      expect(found[0]?.what, name).toBe(what);
      expect(found.every(sound)).toBe(true);
    }
  });

  it("is silent about programs that ping", async () => {
    const cases: Record<string, Frame[]> = {
      "ping of Linux, an hour": pings(1, 3600, (k) => linux(k)),
      "ping of Windows": pings(1, 600, windows),
      "both at once": pings(0.5, 1200, (k) => (k % 2 ? windows() : linux(k))),
      "56 random bytes a second, returned": pings(1, 900, () => noise(56)),
      "always the same 512 random bytes": pings(0.1, 1000, () => payload),
      "sizes from 60 to 1,400 (path MTU)": pings(0.5, 600, (k) => linux(k, 60 + ((k * 10) % 1340))),
      "flood ping, answered late": byTime([
        ...Array.from({ length: 1000 }, (_, k) => at(1000 + k / 100, echo(8, CLIENT, OUTSIDE, 7, k, linux(k)))),
        ...Array.from({ length: 1000 }, (_, k) => at(1000.3 + k / 100, echo(0, OUTSIDE, CLIENT, 7, k, linux(k)))),
      ]),
    };
    for (const [name, frames] of Object.entries(cases)) expect(icmp(await fresh(frames))[0]?.seen ?? "", name).toBe("");
  });

  it("learns what is normal here; merges by the most seen", async () => {
    const frames = pings(0.2, 200, () => noise(200));
    const probe = await taught(frames, undefined, ["tunnel"]);
    expect(
      icmp(
        checkAll(
          probe,
          pings(0.2, 200, () => noise(200)),
        ),
      ),
    ).toEqual([]);
    const own = (await Promise.all([frames, frames.slice(0, 50)].map(lessonOf)))
      .flat()
      .filter((e) => e.detector.startsWith("tunnel"));
    expect(own.length).toBe(2);
    expect(mergeAll(own)).toEqual(mergeAll([...own].reverse()));
    expect(packAll(mergeAll(own), 1, undefined, ["tunnel"])[0]!.bytes.length).toBeLessThan(200);
  });
});

describe("a registered domain", () => {
  const entriesOf = async (frames: Frame[]) =>
    (await lessonOf(frames)).filter(({ detector }) => detector === "tunnel.dns") as unknown as { domain: string }[];
  it.each([
    ["example.de", "example.de"],
    ["example.co.uk", "example.co.uk"],
    ["example.ac.jp", "example.ac.jp"],
    ["example.or.at", "example.or.at"],
    ["example.ne.jp", "example.ne.jp"],
    ["example.go.jp", "example.go.jp"],
    ["example.com.au", "example.com.au"],
    ["example.net.au", "example.net.au"],
    ["example.org.uk", "example.org.uk"],
    ["example.gov.uk", "example.gov.uk"],
    ["example.edu.au", "example.edu.au"],
    ["example.xx.uk", "xx.uk"],
    ["example.abc.de", "abc.de"],
    ["example.info.de", "info.de"],
    ["example.co.com", "co.com"],
    ["X-1_Y*.CO.UK", "x-1_y?.co.uk"],
  ])("of names below %s is %s", async (suffix, domain) => {
    const found = await entriesOf(asks(0.2, 400, () => `${labels(70)}.${suffix}`));
    expect(found.map((entry) => entry.domain)).toEqual([domain]);
  });

  it("is followed for the client of an answer between two ports 53, and for records that carry anything", async () => {
    for (const type of [10, 16, 25, 65280, 65535]) {
      const name = `${labels(60)}.example.net`;
      const said = dnsMessage({ name, type, answer: true, extra: Buffer.from(word(800)) });
      const answers = every(0.5, 300, 1000, () => udpData(RESOLVER, 53, CLIENT, 53, said));
      expect(
        (await entriesOf(answers)).map(({ domain }) => domain),
        `type ${type}`,
      ).toEqual(["example.net"]);
    }
    const plain = dnsMessage({ name: "a.example.net", type: 1, answer: true, extra: Buffer.from(word(800)) });
    expect(await entriesOf(every(0.5, 300, 1000, () => udpData(RESOLVER, 53, CLIENT, 53, plain)))).toEqual([]);
  });

  it("finds no tunnel in notifications and questions to servers, nor where a name is too long for DNS", async () => {
    const cases = [2, 4, 5, 6].map((opcode) => {
      const message = dnsMessage({ name: "host.example.com" });
      message[2] = opcode << 3;
      return message;
    });
    const long = dnsMessage({ name: Array.from({ length: 5 }, () => "a".repeat(60)).join(".") });
    for (const message of cases)
      expect(await entriesOf(every(0.1, 400, 1000, () => udpData(CLIENT, 5000, RESOLVER, 53, message)))).toEqual([]);
    expect(
      (await fresh(every(0.1, 400, 1000, () => udpData(CLIENT, 5000, RESOLVER, 53, long)))).length,
    ).toBeGreaterThan(0);
  });
});
