// Names and units of the shape detector's features, by their place in onboard/features.ts.

export const BLOCK_NAMES = ["sender", "address", "channel", "socket", "pair", "interval"] as const;
/** Decay rates that are features, per second; their half-lives are 1 / rate seconds. */
export const RATES = [5, 1, 0.01] as const;

export interface FeatureName {
  /** As in reports: `socket.weight@0.01`, `channel.size`. */
  name: string;
  unit: "frames" | "bytes" | "microseconds" | "";
  /** From the compressed number back to the unit. */
  value: (feature: number) => number;
}

const logarithm = (x: number) => 2 ** x - 1;
const itself = (x: number) => x;

export const NAMES: readonly FeatureName[] = BLOCK_NAMES.flatMap((block): FeatureName[] => {
  const own: FeatureName = { name: `${block}.size`, unit: "bytes", value: logarithm };
  if (block === "interval")
    return [
      ...RATES.flatMap((rate): FeatureName[] => [
        { name: `interval.mean@${rate}`, unit: "microseconds", value: logarithm },
        { name: `interval.deviation@${rate}`, unit: "", value: itself },
      ]),
      own,
    ];
  const kinds: [string, FeatureName["unit"], (x: number) => number][] =
    block === "pair"
      ? [
          ["correlation", "", itself],
          ["magnitude", "bytes", logarithm],
          ["radius", "bytes", logarithm],
        ]
      : [
          ["weight", "frames", logarithm],
          ["mean", "bytes", logarithm],
          ["deviation", "bytes", logarithm],
        ];
  return [
    ...RATES.flatMap((rate) => kinds.map(([kind, unit, value]) => ({ name: `${block}.${kind}@${rate}`, unit, value }))),
    own,
  ];
});
