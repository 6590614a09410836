// A threshold.config end to end through inspect: findings about the packet at hand are held back by its addresses, and of each
// line it is told how often it matched.
import { beforeAll, expect, it } from "vitest";
import { DETECTOR } from "../../../detectors/catalogue.ts";
import { Flight } from "../../../detectors/testing/flight.ts";
import { tcpFrame } from "../../../detectors/testing/site.ts";
import { alertSections } from "../../../diode/policy/pack.ts";
import { parseThresholds } from "../../../diode/suppression/config.ts";
import { record, SYN } from "../../../ip/testing/frames.ts";
import { RecordKind } from "../../contract/abi.ts";

const SERVER = "10.1.0.5";
const FLOOD = `gen_id 1, sig_id ${7_700_000 + DETECTOR.flood}`;

/** 300 clients at once, each with one SYN: the limit without a baseline is 250. */
const records = Buffer.concat(
  Array.from({ length: 300 }, (_, k) =>
    record(tcpFrame({ src: `10.2.${k >> 8}.${k & 255}`, dst: SERVER, sport: 1024, dport: 80, size: 0, flags: SYN }), {
      time: 1_000_000_000n,
      number: k + 1,
    }),
  ),
);
const last = record(new Uint8Array(0), { kind: RecordKind.END, time: 2_000_000_000n });

beforeAll(() => Flight.ready());

/** To whom floods are alerted, and how often each line matched. */
function under(lines: readonly string[]) {
  const flight = Flight.with(alertSections(parseThresholds(lines.join("\n"), "t")))!;
  flight.run(Buffer.concat([records, last]));
  const floods = flight.said.filter(({ alert }) => alert?.context.detector === "flood");
  const counts = flight.said.find(({ event_type }) => event_type === "weir_thresholds");
  return { floods: [...new Set(floods.map(({ dest_ip }) => dest_ip))], lines: counts?.lines ?? [] };
}

// REQ-DETECT-009
it.each([
  [`suppress ${FLOOD}, track by_dst, ip ${SERVER}`, []],
  [`suppress ${FLOOD}, track by_dst, ip 10.1.0.4`, [SERVER]],
  [`suppress ${FLOOD}, track by_src, ip 10.2.0.0/16`, []],
  [`suppress ${FLOOD}, track by_src, ip ${SERVER}`, [SERVER]],
  [`suppress ${FLOOD}, track by_either, ip ${SERVER}`, []],
])("%s", (line, floods) => {
  expect(under([line]).floods).toEqual(floods);
});

it("matches of the second and of the ninth line are theirs", () => {
  const other = (n: number) => `suppress ${FLOOD}, track by_dst, ip 10.9.0.${n}`;
  const limit = `event_filter ${FLOOD}, type limit, track by_rule, count 3, seconds 60`;
  const ninth = `suppress ${FLOOD}, track by_dst, ip ${SERVER}`;
  const alone = under([other(1), limit]).lines;
  const { matched } = alone[1]!;
  expect(alone).toEqual([
    { line: 1, matched: 0, held: 0 },
    { line: 2, matched: 50, held: 47 },
  ]);
  const { lines } = under([other(1), limit, ...[3, 4, 5, 6, 7, 8].map(other), ninth, other(10)]);
  expect(lines).toEqual(
    Array.from({ length: 10 }, (_, n) => ({
      line: n + 1,
      matched: n === 1 ? matched : n === 8 ? 3 : 0,
      held: n === 1 ? 47 : n === 8 ? 3 : 0,
    })),
  );
});
