// Names of channels from setup records: of any length, over several packets, in whatever order, and from XML not at all.
import { describe, expect, it } from "vitest";
import { busData, message, packet, tmats } from "./testing/chapter10.ts";
import { rowsOf } from "./testing/decode.ts";

const single = packet(busData([message([0x4c61, 0x4800, 7], { gap1: 65 })]));
const setup = (text: string, sequence = 0) => packet(tmats(text), { type: 1, channel: 0, sequence });
const named = async (...texts: Buffer[]) => {
  const { rows, found } = await rowsOf(...texts, single);
  return [rows[0]!.mil1553.name, ...found.map(([name]) => name)];
};

const TEXT = "G\\PN:TEST;R-1\\TK1-1:5;R-1\\CDT-1:1553IN;R-1\\CDLN-1: LINK A ;B-3\\DLN:LINK A;B-3\\BNA-1:Left wing;";

// REQ-DECODE-025
describe("a setup record", () => {
  it("names a channel in whatever order it says so", async () => {
    const parts = TEXT.split(";").filter(Boolean);
    expect(await named(setup(TEXT))).toEqual(["Left wing"]);
    expect(await named(setup(`${parts.toReversed().join(";")};`))).toEqual(["Left wing"]);
    expect(await named(setup(TEXT.replace("B-3\\DLN", "B-4\\DLN")))).toEqual(["LINK A"]);
    expect(await named(setup(TEXT.replace("DLN:LINK A", "DLN:LINK B")))).toEqual(["LINK A"]);
    expect(await named(setup("R-1\\TK1-1:5;R-1\\DSI-1:S;R-1\\DSI-1:T;"))).toEqual(["S"]);
    expect(await named(setup("R-1\\TK1-1:6;R-1\\DSI-1:S;"))).toEqual([undefined]);
  });
  it("may be longer than any other packet, up to 134,217,728 bytes", async () => {
    const comment = `C-1:${"no attribute that names anything, ".repeat(20)};\r\n`;
    for (const bytes of [65_000, 66_000, 524_000, 525_000]) {
      const filler = comment.repeat(Math.ceil(bytes / comment.length));
      expect(await named(setup(`G\\PN:TEST;${filler}${TEXT.slice(10)}`))).toEqual(["Left wing"]);
    }
    const half = "G\\PN:TEST;R-1\\TK1-1:5;R-1\\DSI-1:S;";
    const cut = setup(half + comment.repeat(110)).subarray(0, 70_000);
    expect((await rowsOf(cut)).found.map(([name]) => name)).toEqual(["chapter10.truncated"]);
  });
  it("goes on over packets that follow each other, wherever it is cut", async () => {
    for (const at of [1, 9, 10, 15, 20, 24, 40, 52, 62, 70, TEXT.length - 2]) {
      const two = (sequence: number) => [setup(TEXT.slice(0, at)), setup(TEXT.slice(at), sequence)];
      expect(await named(...two(1)), `cut at ${at}`).toEqual(["Left wing"]);
    }
    expect(await named(setup(TEXT.slice(0, -1)))).toEqual(["Left wing"]);
    const apart = [setup(TEXT.slice(0, 24)), setup(TEXT.slice(24), 2)];
    expect(await named(...apart)).toEqual([undefined, "chapter10.sequence_gap"]);
    const anew = [setup("G\\X:1;R-1\\TK1-1:5;"), setup("G\\X:1;R-1\\DSI-1:S;", 1)];
    expect(await named(...anew)).toEqual([undefined]);
  });
  it("in XML is said to be that", async () => {
    const data = tmats("<Tmats><R><R-1><TK1>5</TK1></R-1></R></Tmats>");
    const xml = (bytes: number) => {
      const longer = Buffer.concat([data, Buffer.alloc(bytes, 32)]);
      longer[1] = 2;
      return packet(longer, { type: 1, channel: 0 });
    };
    expect(await named(xml(0))).toEqual([undefined, "chapter10.tmats_xml"]);
    expect(await named(xml(70_000))).toEqual([undefined, "chapter10.tmats_xml"]);
  });
});
