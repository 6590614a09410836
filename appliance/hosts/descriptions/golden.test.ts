// What each host is told of an image, and what people are told of the host: compared with golden files (-u writes them anew).
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { HOSTS } from "../hosts.ts";
import type { Appliance } from "./appliance.ts";

const x86: Appliance = {
  ...{ name: "weir", image: "/srv/site.elf", arch: "x86_64", flat: false, memory: 8, accelerator: "kvm" },
  nics: [
    { name: "in", direction: "receive", mac: "52:54:00:77:00:01", tap: "tap0" },
    { name: "out", direction: "transmit", mac: "52:54:00:77:00:02", tap: "tap1" },
    { name: "log", direction: "transmit", mac: "52:54:00:77:00:03", tap: "tap2" },
  ],
  append: ["epoch=1700000000000000000", "boot=7"],
};
const arm: Appliance = { ...x86, arch: "aarch64", accelerator: "tcg" };
const cases: [string, Appliance][] = [
  ["x86-64", x86],
  ["x86-64, tcg", { ...x86, accelerator: "tcg" }],
  ...(["microvm", "q35", "mmio", "pci"] as const).map((machine): [string, Appliance] => [
    `x86-64, --machine ${machine}`,
    { ...x86, machine },
  ]),
  ["aarch64", arm],
  ["aarch64, flat", { ...arm, flat: true, image: "/srv/site.img" }],
  ["a tap with a comma", { ...x86, nics: x86.nics.map((nic) => ({ ...nic, tap: `${nic.tap},"` })) }],
];

// Of root's QEMU something else is denied, and it becomes another user: the next test
beforeEach(() => void vi.spyOn(process, "getuid").mockReturnValue(1000));
afterEach(() => void vi.restoreAllMocks());

it.each(HOSTS.map((host) => [host.name, host] as const))("%s", async (name, { describe, starter }) => {
  const said = (appliance: Appliance): string => {
    try {
      const { text, command, notes } = describe(appliance);
      return [text.trimEnd(), ...(command ? [`start it with: ${command}`] : []), ...notes].join("\n");
    } catch (error) {
      return `Error: ${(error as Error).message}`;
    }
  };
  const first = said(x86);
  const texts = cases.map(([title, appliance], n) => {
    const text = said(appliance);
    return `---- ${title}\n${n && text === first ? `as ${cases[0]![0]}` : text}`;
  });
  const about = typeof starter === "string" ? `not started: ${starter}` : `from: ${starter.source}`;
  await expect(`${[about, ...texts].join("\n\n")}\n`).toMatchFileSnapshot(`golden/${name}.txt`);
});

it("root's QEMU becomes another user, once it has the taps", () => {
  vi.spyOn(process, "getuid").mockReturnValue(0);
  expect(HOSTS[0]!.describe(x86).text).toContain(
    " -sandbox on,obsolete=deny,spawn=deny,resourcecontrol=deny -runas nobody\n",
  );
});
