/** Policies for tests: one in which each key is, one in which few are. */

/** All that a policy may say, so that each part of each line is there. */
export const EVERYTHING = `weir: 1
interfaces:
  in: { mac: 52:54:00:77:00:0a }
  out: { next-hop: 52:54:00:77:00:12, mtu: 1400, ttl: 8, rate: 100/s, queue: 8, padding: { from: 10.0.1.1, to: 10.0.1.9, port: 9 } }
  log:
    hostname: edge
    address: 10.0.9.2
    collector: { address: 10.0.9.1, mac: 52:54:00:77:00:13, port: 5514 }
    key: ${"ab".repeat(32)}
    stop-when-silent: 30s
checksums: ignore
rules:
  - { name: stream, action: allow, protocol: udp, from: 10.0.0.0/24, to: 10.0.1.9, ports: 5000, payload: mil1553, vlan: [untagged, 7] }
  - { name: files, action: allow, protocol: udp, from: fd00::1, to: fd00::/64, ports: [1-9, 77], source-ports: 1024-65535, payload: transfer }
  - { name: pings, action: allow, protocol: icmp, from: any, to: any, types: [echo-request, echo-reply], payload: zero, rate: 600/min, burst: 5 }
  - { name: web, action: deny, protocol: tcp, to: 10.0.1.0/24, ports: 80, size: 1-512 }
  - { name: rest, action: allow, protocol: tcp, from: any, to: 10.0.0.0/16, ports: 80-90 }
  - { name: late, action: deny, protocol: tcp, to: 10.0.1.5, ports: 80, size: 3 }
  - { name: other, action: allow, protocol: 89, from: any, to: any, vlan: any }
messages:
  - name: attitude
    action: allow
    channel: 1
    bus: A
    rt: 3
    sa: 4
    direction: transmit
    words: [1, 32]
    data: [{ word: 1, range: [-90, 90] }, { word: 2, range: 0-9, step: 3 }, { word: 3, mask: 0xff00, value: 0x1200 }]
  - { name: between, action: allow, rt: 0-31, sa: 1-30, words: 32, direction: receive, from: { rt: 1-3, sa: 2 }, channel: [1-3, 9] }
  - { name: all, action: allow, rt: 0-31, sa: 0-31, words: 1-32, direction: receive, bus: B }
  - { name: modes, action: deny, rt: 1, mode: [0, 8] }
  - { name: any, action: deny }
transfer: { profile: records, in: { key: "${"ca".repeat(32)}" }, out: { key: "${"fe".repeat(32)}" }, largest: 5000, total: 70000, tolerance: 90s, extensions: [txt, pdf], content: ascii }
detectors:
  scan: { benign-success: 0.9, action: quarantine, scanners: [10.0.3.0/24, fd00::5] }
  newcomer: { hosts: 10.0.0.0/24, services: [{ protocol: udp, address: any, port: 53 }], action: drop }
  rate: { threshold: 2.5, action: tighten }
  silence: off
  bus-mode: { action: quarantine-terminal }
  anomalies: { per-second: 7 }
protected: [10.0.0.1, fd00::7]
quarantine: { for: 90s, per-minute: 10, tightened: 1/s, protected-terminals: [1, 5-7] }
`;
/** Little more than a policy must say: what is left out has its default. */
export const LEAST = `weir: 1
interfaces: { out: { next-hop: 52:54:00:77:00:12 }, log: { stop-when-silent: 1min, address: 10.0.9.2, collector: { address: 10.0.9.1, mac: 52:54:00:77:00:13 } } }
rules: []
transfer: { in: { key: "${"ca".repeat(32)}" }, out: { key: "${"fe".repeat(32)}" } }
quarantine: { for: 500ms }
recorders: any
`;
