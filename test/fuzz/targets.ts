/** What is fuzzed. */
export interface Target {
  name: string;
  /** Of build.ts; undefined: mutated in this process's own language (readers.ts). */
  program?: "appliance" | "rings" | "setup" | "stream";
  what: string;
  /** Longest input, bytes. */
  longest: number;
}

export const TARGETS: readonly Target[] = [
  { name: "frame", program: "appliance", longest: 4096, what: "Ethernet frames through inspect, guard and journal" },
  { name: "datagram", program: "appliance", longest: 6144, what: "Chapter 10 over UDP through the same" },
  {
    name: "file",
    program: "appliance",
    longest: 8192,
    what: "a Chapter 10 file's bytes, cut anywhere, through the same",
  },
  {
    name: "policy",
    program: "appliance",
    longest: 49_152,
    what: "parts of the policy, baselines in them, into configure(); then traffic",
  },
  {
    name: "rings",
    program: "rings",
    longest: 2048,
    what: "the rings and the replay's stream against a device that lies",
  },
  {
    name: "setup",
    program: "setup",
    longest: 4096,
    what: "the kernel part's start: command line, registers, manifest",
  },
  { name: "readers", longest: 65_536, what: "capture files: pcap, pcapng, gzip, Chapter 10" },
];

/** Goes on from frame to frame, and has no corpus of its own (stream.ts). */
export const STREAM: Target = {
  name: "stream",
  program: "stream",
  longest: 2036,
  what: "frames without end through the same, guard's decisions against an oracle",
};
