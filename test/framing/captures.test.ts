// Captures of attacks that turned quarantine against its own users, each under the policy that lies beside it. Of others,
// and not part of the project: skipped where they are missing.
import { expect, it } from "vitest";
import { askCompartments, embed } from "../../appliance/hosts/node.ts";
import { CaptureReader } from "../../captures/reader.ts";
import { recordStream } from "../../captures/records.ts";
import { compilePolicy } from "../../diode/policy.ts";
import { hasShared, sharedPath } from "../../lib/testing/shared.ts";

const ATTACKS = ["field", "attacks"];
const HONEST = "10.0.0.5";
const ATTACKER = "10.0.0.66";

async function replayed(capture: string, policy: string) {
  const appliance = await embed(compilePolicy(sharedPath(...ATTACKS, policy)).parts);
  const reader = await CaptureReader.open([sharedPath(...ATTACKS, capture)], {});
  const crossed: Record<string, number> = {};
  const events: {
    event_type: string;
    timestamp: string;
    src_ip?: string;
    mil1553?: unknown;
    alert?: { context: { detector: string } };
  }[] = [];
  for await (const batch of recordStream(reader, appliance.input))
    appliance.run(batch.length, {
      forwarded: (frame) => {
        const source = [...frame.subarray(26, 30)].join(".");
        crossed[source] = (crossed[source] ?? 0) + 1;
      },
      record: (json) => events.push(JSON.parse(Buffer.from(json).toString())),
    });
  await reader.close();
  const shut = new Set(events.filter((e) => e.event_type === "weir_quarantine").map(({ src_ip }) => src_ip));
  const alerts = new Set(events.flatMap(({ alert, src_ip }) => (alert ? [`${alert.context.detector} ${src_ip}`] : [])));
  return { crossed, shut: [...shut], events, alerts: [...alerts] };
}

// REQ-DETECT-015, REQ-DECODE-021, REQ-DECODE-022
it.runIf(hasShared(...ATTACKS)).each([
  ["e15.pcap", "q.yaml", 110],
  ["e16.pcap", "q.yaml", 110],
  ["e1a-unknown-host.pcap", "quar.yaml", 0],
  ["e1b-gtp-source-port.pcap", "quar.yaml", 0],
  ["e1d-framing-gre.pcap", "quar.yaml", 105],
  ["e2a-one-datagram-frames-a-host.pcap", "quar.yaml", 60],
  ["e2b0-silent-scan.pcap", "quar.yaml", 0],
  ["e2b1-silent-scan-after-one-datagram.pcap", "quar.yaml", 0],
])("%s: who attacks is shut out, who is framed is not", async (capture, policy, honest) => {
  const { crossed, shut, events } = await replayed(capture, policy);
  expect(shut).toEqual([ATTACKER]);
  expect(crossed[ATTACKER]).toBeUndefined();
  if (capture.startsWith("e1d") || capture.startsWith("e2a")) expect(crossed[HONEST]).toBe(honest);
  else expect(Object.values(crossed).reduce((sum, n) => sum + n, 0)).toBe(honest);
  if (capture.startsWith("e2b")) expect(events.some(({ event_type }) => event_type === "alert")).toBe(true);
});

// REQ-DECODE-022
it.runIf(hasShared(...ATTACKS))("e19.pcap: no stranger pushes the recorder's clock out", async () => {
  const { events } = await replayed("e19.pcap", "bus.yaml");
  expect(events.some(({ mil1553 }) => mil1553)).toBe(true);
  expect(events.filter(({ timestamp }) => timestamp.startsWith("1970"))).toEqual([]);
});

// REQ-DETECT-005, REQ-DETECT-016
it.runIf(hasShared(...ATTACKS)).each([
  ["e3a-syn-ack-scan.pcap", "bare.yaml", `scan ${ATTACKER}`],
  ["e3a-syn-ack-scan.pcap", "quar.yaml", `scan ${ATTACKER}`],
  ["e3c0-control.pcap", "quar.yaml", "new-host 2001:db8:dead:0:fe2f:593c:af4d:57c1"],
  ["e3c1-ipv4-compatible.pcap", "quar.yaml", "new-host ::a00:5"],
  ["e17a-tunnel.pcap", "bare.yaml", `dns-tunnel ${ATTACKER}`],
  ["e17b-tunnel-with-decoys.pcap", "bare.yaml", `dns-tunnel ${ATTACKER}`],
])("%s under %s: found", async (capture, policy, alert) => {
  const { alerts, crossed } = await replayed(capture, policy);
  expect(alerts).toContain(alert);
  if (capture.startsWith("e3c")) expect(crossed).toEqual({ [HONEST]: 1 });
});

// REQ-FILTER-012
it.runIf(hasShared(...ATTACKS)).each(["e10a-quarantined.pcap", "e10b-window-taken.pcap"])(
  "%s: who is found is shut out, whoever else was forged before",
  async (capture) => {
    const { crossed, shut } = await replayed(capture, "q.yaml");
    expect(shut).toContain(ATTACKER);
    expect(crossed).toEqual({ [ATTACKER]: 15 }); // until he was found
  },
);

// REQ-FILTER-015
it.runIf(hasShared(...ATTACKS))("fixdrop.yaml: what `check` calls good the compartments take", async () => {
  await expect(askCompartments(compilePolicy(sharedPath(...ATTACKS, "fixdrop.yaml")).parts)).resolves.toBeUndefined();
});
