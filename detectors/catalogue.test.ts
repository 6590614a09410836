import { expect, it } from "vitest";
import { instantiateOnboard } from "../lib/asc.ts";
import { ACCUSES, BELATED, CEILING, DETECTOR, FAMILIES, FIXED, UNTAUGHT } from "./catalogue.ts";

it("has the names and numbers that fly", async () => {
  const { exports: e } = await instantiateOnboard("detectors/onboard/catalogue.probe.ts");
  const flying: Record<string, number> = {};
  for (let d = 0; d < e.count(); d++) {
    const name = Buffer.from(e.memory.buffer, e.at(), e.write(d)).toString();
    if (name !== "none") flying[name] = d;
  }
  expect(flying).toEqual(DETECTOR);
});

it("says which have thresholds, whom they may accuse, and where they end", () => {
  const text = (all: object) => Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  expect({
    ceiling: CEILING,
    families: text(FAMILIES),
    accuses: text(ACCUSES),
    fixed: FIXED.join(" "),
    untaught: UNTAUGHT.join(" "),
    belated: [...BELATED].map(([name, seconds]) => `${name} ${seconds}`).join(", "),
  }).toMatchInlineSnapshot(`
    {
      "accuses": [
        "scan: nobody,source",
        "new-host: source",
        "new-service: flow",
        "new-pair: source,flow",
        "arp: nobody,source",
        "dns-tunnel: nobody,source,flow",
        "icmp-tunnel: nobody,source,flow",
        "beacon: nobody,source",
        "rate: nobody,source,flow",
        "shape: flow",
        "content: nobody,flow",
        "bus-message: message",
        "bus-period: nobody,message",
        "bus-response: nobody,terminal",
        "bus-error: nobody,terminal",
        "bus-status: terminal",
        "bus-data: message",
        "bus-mode: message",
      ],
      "belated": "scan 4, flood 0, beacon 0, silence 0, rate 60, bus-period 0, bus-order 0, bus-gap 0, bus-error 0, bus-load 0",
      "ceiling": {
        "bus-error": 4,
        "dns-tunnel": 3,
        "flood": 3,
        "icmp-tunnel": 3,
        "new-pair": 8,
        "nxdomain": 3,
      },
      "families": [
        "new-pair: new-pair",
        "flood: flood",
        "arp: arp,nd",
        "rate: rate",
        "beacon: beacon",
        "silence: silence",
        "tunnel: dns-tunnel,icmp-tunnel,nxdomain",
        "shape: shape",
        "content: content",
        "bus: bus-message,bus-period,bus-order,bus-response,bus-gap,bus-error,bus-status,bus-data,bus-mode,bus-load",
        "firsthop: rogue-router,ra-flood,rogue-dhcp,dhcp-starvation",
      ],
      "fixed": "scan new-host new-service",
      "untaught": "beacon tunnel content firsthop",
    }
  `);
});
