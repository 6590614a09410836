import { describe, expect, it } from "vitest";
import { lost } from "./joined.ts";
import { lossLines } from "./loss.ts";

const NOTHING = { arrived: 1000, lostByPort: 0, lostByImage: 0, refusedOnWatched: 0, refusedFromIn: 0 };

describe("what the host counts", () => {
  const lines = (counts: object) => lossLines({ ...NOTHING, ...counts }, "weir-in", "eth1", 10);
  it("is said while the image runs, with how many of how many and where", () => {
    expect(lines({})).toEqual([]);
    expect(lines({ lostByImage: 30, lostByPort: 5 })).toEqual([
      "LOST 35 of 1005 frames of the last 10 s: 30 in weir-in, which was full: the image did not take them in time; " +
        "5 by eth1, which could not take them",
    ]);
    expect(lines({ lostByPort: 5 })).toEqual([
      "LOST 5 of 1005 frames of the last 10 s: 5 by eth1, which could not take them",
    ]);
    expect(lines({ refusedOnWatched: 2, refusedFromIn: 1 })).toEqual([
      "this host tried to send 2 frames on eth1, which is watched; none was sent",
      "1 frames came out of weir-in, which only receives; none went on. No image does that: look at the hypervisor",
    ]);
  });

  const told = (counts: object) => lost({ ...NOTHING, ...counts }, "weir-in", ["eth1", "eth4"]);
  it("is said by the doctor, with what to do", () => {
    expect(told({})).toEqual([{ state: "good", what: "of 1000 frames since the wiring was made none was lost" }]);
    expect(told({ arrived: 0 })).toEqual([
      {
        state: "bad",
        what: "nothing has come in on eth1, eth4",
        todo: "look at the switch: does the SPAN port mirror anything?",
      },
    ]);
    expect(told({ lostByImage: 30, lostByPort: 5, refusedOnWatched: 2, refusedFromIn: 1 })).toEqual([
      {
        state: "bad",
        what: "of 1005 frames since the wiring was made 30 were lost because the image did not take them in time",
        todo: "watch less, or give it a CPU of its own and KVM: docs/handbook/sizing.md",
      },
      {
        state: "bad",
        what: "of 1005 frames since the wiring was made 5 were lost by eth1, eth4",
        todo: "larger rings: ethtool -G; look at ethtool -S for damage on the wire",
      },
      {
        state: "unsure",
        what: "this host tried to send 2 frames on eth1, eth4; none was sent",
        todo: "ss -0 -p lists programs that send past the network stack; DHCP clients and NetworkManager must leave the port alone",
      },
      {
        state: "bad",
        what: "1 frames came out of weir-in, which only receives; none went on",
        todo: "no image does that: the hypervisor is not what it was; keep the machine for forensics",
      },
    ]);
  });
});
