// A record as it comes, taken apart: whole objects. And why there is none.
import { expect, it } from "vitest";
import { codesIn, parse, signed } from "./record.ts";

const [PREVIOUS, MAC] = ["0123456789abcdef", "00112233445566778899aabbccddeeff"];
const plain = (json = "{}", front = "<109>") =>
  `${front}1 2026-03-02T00:00:01.000000Z weir weir - eve [weir@32473 boot="7" seq="12"][timeQuality tzKnown="1"] ${json}`;
const keyed = (json = "{}", length = "2") =>
  plain(json).replace('"12"]', `"12" len="${length}" prev="${PREVIOUS}" mac="${MAC}"]`);
const parsed = (text: string) => {
  const found = parse(Buffer.from(text, "latin1"));
  return typeof found === "string" ? found : { ...found, json: found.json.toString("latin1") };
};

it("with a code, and without one", () => {
  expect(parsed(plain())).toEqual({
    ...{ severity: 5, boot: 7, sequence: 12, length: -1 },
    ...{ previous: "", mac: "", macAt: -1, json: "{}" },
  });
  expect(parsed(keyed('{"a":1}', "7"))).toEqual({
    ...{ severity: 5, boot: 7, sequence: 12, length: 7 },
    ...{ previous: PREVIOUS, mac: MAC, macAt: keyed().indexOf(MAC), json: '{"a":1}' },
  });
});

it.each([
  ["<0>", 0],
  ["<15>", 7],
  ["<104>", 0],
  ["<191>", 7],
])("%s has severity %i", (front, severity) => expect(parsed(plain("{}", front))).toMatchObject({ severity }));

it.each<[string, string, string]>([
  ["another program's", "<13>1 2026-03-02T00:00:01Z host app 1 - - {}", "not_ours"],
  ["no front", `x${plain()}`, "malformed"],
  ["no front, and no JSON", plain().slice(1, 80), "truncated"],
  ["record 0", plain().replace('"12"', '"0"'), "malformed"],
  ["a number that is not exact", plain().replace('"12"', '"9007199254740992"'), "malformed"],
  ["a start that is not exact", plain().replace('"7"', '"9007199254740992"'), "malformed"],
  ["five digits of a length", keyed("{}", "12345"), "malformed"],
  ["a code of 31 digits", keyed().replace(MAC, MAC.slice(1)), "malformed"],
  ["JSON that does not end", plain('{"a":'), "truncated"],
  ["JSON that does not end, in brackets", plain('{"a":[1}'), "truncated"],
  ["a brace in quotes", plain('{"a":"}'), "truncated"],
  ["a quote behind a backslash", plain('{"a":"\\"}'), "truncated"],
  ["something behind the JSON", plain("{}{}"), "truncated"],
  ["a space behind the JSON", plain("{} "), "truncated"],
  ["a character that is not of ASCII", plain('{"a":"\xe4"}'), "malformed"],
  ["a control character", plain('{"a":"\x1f"}'), "malformed"],
  ["a deletion", plain('{"a":"\x7f"}'), "malformed"],
  ["no JSON", plain("{a}"), "malformed"],
])("none: %s", (_, text, why) => expect(parsed(text)).toBe(why));

it.each(['{"a":[{"b":"}]{["},{}]}', '{"a":"\\\\"}', '{"a":"\\"}"}', '{"a":" ~"}', `{"a":${" ".repeat(400)}1}`])(
  "without a code it is JSON of one line: %j",
  (json) => expect(parsed(plain(json))).toMatchObject({ json }),
);

it("what a code is of, and what may be the first half of one", () => {
  const payload = Buffer.from(keyed());
  const record = parse(payload);
  if (typeof record === "string") throw new Error(record);
  expect(signed(payload, record).map(String)).toEqual(keyed().split(MAC));
  const codes = (text: string) => codesIn(Buffer.from(text));
  expect(codes(keyed())).toEqual([MAC.slice(0, 16)]);
  expect(codes(`mac="${PREVIOUS}`)).toEqual([PREVIOUS]);
  expect(codes(`mac="${PREVIOUS.slice(1)}`)).toEqual([]);
  expect(codes(`mac=${MAC}`)).toEqual([MAC.slice(0, 16)]);
  expect(codes(MAC.slice(1))).toEqual([]);
  expect(codes(`f${MAC}`)).toEqual([`f${MAC.slice(0, 15)}`, MAC.slice(0, 16)]);
  expect(codes(MAC + MAC)).toEqual(Array.from({ length: 8 }, (_, n) => MAC.slice(n, n + 16)));
  expect(codes(" ".repeat(360 - 32) + MAC)).toEqual([MAC.slice(0, 16)]);
  expect(codes(" ".repeat(361 - 32) + MAC)).toEqual([]);
});
