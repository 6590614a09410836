import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { describeFor, HOSTS, hostOf } from "../hosts.ts";
import { type Appliance, type Attached, type Description, quoted } from "./appliance.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-hosts-"));
afterAll(() => rmSync(folder, { recursive: true }));

const nics: Attached[] = [
  { name: "in", direction: "receive", mac: "52:54:00:77:00:01", tap: "tap0" },
  { name: "out", direction: "transmit", mac: "52:54:00:77:00:02", tap: "tap1" },
  { name: "log", direction: "transmit", mac: "52:54:00:77:00:03", tap: "tap2" },
];
const x86: Appliance = {
  ...{ name: "weir", image: "/srv/site.elf", arch: "x86_64", flat: false, memory: 8, accelerator: "kvm", nics },
  append: ["epoch=1700000000000000000", "boot=7"],
};
const arm: Appliance = { ...x86, arch: "aarch64", accelerator: "tcg" };
const flat: Appliance = { ...arm, flat: true, image: "/srv/site.img" };

// ---- Texts that somebody chose ---------------------------------------------------------------------------------------------

const nasty = fc.constantFrom(
  "<",
  ">",
  "&",
  "'",
  '"',
  " ",
  ",",
  "\\",
  "$x",
  "`",
  "%",
  "]]>",
  "-->",
  "\n",
  "\0",
  "é",
  "\u{1f600}",
  "\ud800",
  "a",
  "#",
);
const path = fc.array(nasty, { minLength: 1, maxLength: 8 }).map((parts) => `/srv/${parts.join("")}`);
const tap = fc.array(nasty, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(""));

/** What comes back of path and tap out of a description, for each of these; or the Error says why there is none. */
function roundTrip(host: string, of: Appliance, read: (text: string) => [string, string[]]) {
  fc.assert(
    fc.property(path, tap, (image, name) => {
      const one = nics.map((nic) => (nic.name === "out" ? { ...nic, tap: name } : nic));
      let text: string;
      try {
        text = describeFor(host, { ...of, image, nics: one }).text;
      } catch (error) {
        expect((error as Error).message).toMatch(/^--out |^"|^\/srv\//);
        expect((error as Error).message).not.toMatch(/[\n\0]/);
        return;
      }
      expect(read(text)).toEqual([image, ["tap0", name, "tap2"]]);
    }),
    { seed: 9, numRuns: 2000 },
  );
}

describe("what no description has", () => {
  const wrong: [string, Partial<Appliance>, RegExp][] = [
    [
      "a tap's name that is a pattern",
      { nics: nics.with(0, { ...nics[0]!, tap: "tap%d" }) },
      /^--in "tap%d": expected the name of a network device$/,
    ],
    [
      "one longer than Linux has",
      { nics: nics.with(1, { ...nics[1]!, tap: "a".repeat(16) }) },
      /^--out "a{16}": expected/,
    ],
    ["one with a slash", { nics: nics.with(2, { ...nics[2]!, tap: "../x" }) }, /^--log "\.\.\/x": expected/],
    ["none", { nics: nics.with(0, { ...nics[0]!, tap: "" }) }, /^--in "": expected/],
    ["the same one twice", { nics: nics.with(2, { ...nics[2]!, tap: "tap0" }) }, /^--in tap0: is also that of --log/],
    ["a path with a newline", { image: "/srv/a\nb" }, /^"\/srv\/a\\nb": a path with control characters$/],
    ["a path that is not from the root", { image: "a.elf" }, /^"a\.elf": expected an absolute path$/],
    ["a name with a quote", { name: "a'b" }, /^--name "a'b": expected/],
    ["two words for one", { append: ["boot=1 clock=frames"] }, /not a word of the image's command line$/],
  ];
  it.each(wrong)("%s", (_, change, why) => {
    for (const { name: host } of HOSTS) expect(() => describeFor(host, { ...x86, ...change })).toThrow(why);
  });

  it("an unknown host is refused", () => {
    expect(() => hostOf("vmware")).toThrow(
      "--host vmware: expected qemu, libvirt, firecracker, cloud-hypervisor, alioth or xen",
    );
  });

  it("a word that a shell takes apart", () => {
    fc.assert(
      fc.property(
        fc.array(
          nasty.filter((text) => !/[\0\ud800]/.test(text)),
          { maxLength: 8 },
        ),
        (parts) => {
          const word = parts.join("");
          const { stdout } = spawnSync("sh", ["-c", `printf %s ${quoted(word)}`], { encoding: "utf8" });
          expect(stdout).toBe(word);
        },
      ),
      { seed: 1, numRuns: 100 },
    );
  });
});

describe("libvirt", () => {
  const there = ["virt-xml-validate", "xmllint"].every((tool) => !spawnSync(tool, ["--version"]).error);
  if (!there) console.log("skipped: libvirt's schema: no virt-xml-validate (Debian: libvirt-clients, libxml2-utils)");

  const validate = (name: string, { text }: Description) => {
    const file = join(folder, `${name}.xml`);
    writeFileSync(file, text);
    return spawnSync("virt-xml-validate", [file, "domain"], { encoding: "utf8" });
  };

  it.runIf(there).each([
    ["x86-64", x86],
    ["x86-64 without KVM", { ...x86, accelerator: "tcg" as const }],
    ["aarch64", arm],
    ["aarch64 under KVM", { ...arm, accelerator: "kvm" as const }],
    ["a path with all that XML needs escaped", { ...x86, image: `/srv/<a> & "b" 'c' ]]>` }],
  ])("has what libvirt's own schema wants: %s", (name, appliance) => {
    const { status, stderr } = validate(name.replaceAll(/\W/g, "-"), describeFor("libvirt", appliance));
    expect(status, stderr).toBe(0);
  });

  it.runIf(there)("and that schema sees what is wrong", () => {
    const { text } = describeFor("libvirt", x86);
    for (const [from, to] of [
      ['model type="virtio"', 'model kind="virtio"'],
      ['unit="MiB"', 'unit="acres"'],
      ['type="pci" domain="0"', 'type="pci" domain="x"'],
    ] as const) {
      expect(text).toContain(from);
      expect(validate("wrong", { text: text.replace(from, to), command: "", notes: [] }).status).not.toBe(0);
    }
  });

  it("says every address and leaves nothing for libvirt to add", () => {
    const { text } = describeFor("libvirt", x86);
    expect(text.match(/<address type="pci" domain="0" bus="0" slot="[234]" function="0"\/>/g)).toHaveLength(3);
    expect(text).toContain('<type arch="x86_64" machine="q35">hvm</type>');
    expect(text).toContain('<memballoon model="none"/>');
    expect(text).toContain('<controller type="usb" model="none"/>');
    const onArm = describeFor("libvirt", arm).text;
    expect(onArm.match(/<address type="virtio-mmio"\/>/g)).toHaveLength(3);
    expect(onArm).toContain('<qemu:arg value="virtio-mmio.force-legacy=false"/>');
    expect(text).not.toContain("qemu:commandline");
  });

  it("escapes a path, and takes plain names of devices only", () => {
    const plain = (text: string) =>
      text.replace(
        /&(amp|lt|gt|quot|apos);/g,
        (_, name: string) => ({ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" })[name]!,
      );
    roundTrip("libvirt", x86, (text) => {
      expect(text.replaceAll(/<\/?[\w:]+(?: [\w:]+="[^"<&]*(?:&\w+;[^"<&]*)*")*\/?>|<!--[^<]*-->/g, "")).not.toMatch(
        /[<>]/,
      );
      const taps = [...text.matchAll(/<target dev="([^"]*)" managed="no"\/>/g)].map(([, name]) => plain(name!));
      return [plain(/<kernel>(.*)<\/kernel>/s.exec(text)![1]!), taps];
    });
  });
});

describe("Firecracker", () => {
  // Its swagger file's BootSource, MachineConfiguration and NetworkInterface; it refuses fields that it does not know.
  const strict = (properties: Record<string, object>, required = Object.keys(properties)) => ({
    ...{ type: "object", additionalProperties: false, properties, required },
  });
  const text = { type: "string", minLength: 1 };
  const schema = strict({
    "boot-source": strict({
      kernel_image_path: { ...text, pattern: "^/" },
      boot_args: { type: "string", maxLength: 2048 },
    }),
    drives: { type: "array", maxItems: 0 },
    "machine-config": strict({
      vcpu_count: { const: 1 },
      mem_size_mib: { type: "integer", minimum: 1 },
      smt: { type: "boolean" },
      track_dirty_pages: { type: "boolean" },
    }),
    "network-interfaces": {
      type: "array",
      items: strict({
        iface_id: { type: "string", pattern: "^[a-z0-9_]+$" },
        guest_mac: { type: "string", pattern: "^([0-9a-f]{2}:){5}[0-9a-f]{2}$" },
        host_dev_name: { type: "string", minLength: 1, maxLength: 15 },
      }),
    },
  });

  it.each([
    ["x86-64", x86],
    ["aarch64", flat],
  ])("has what Firecracker's schema wants: %s", (_, appliance) => {
    const { text: json, command } = describeFor("firecracker", { ...appliance, name: "site_1.a" });
    const ajv = new Ajv();
    const config = JSON.parse(json);
    expect(ajv.validate(schema, config), ajv.errorsText()).toBe(true);
    expect(config["network-interfaces"].map((one: { iface_id: string }) => one.iface_id)).toEqual(["in", "out", "log"]);
    expect(config["boot-source"].boot_args).toBe("epoch=1700000000000000000 boot=7");
    expect(command).toBe("firecracker --no-api --id site-1-a --config-file FILE");
    expect(describeFor("firecracker", { ...appliance, machine: "pci" }).command).toContain(" --enable-pci ");
  });

  it("on Arm takes flat images only", () => {
    expect(() => describeFor("firecracker", arm)).toThrow("loads flat images, expected what weir build --flat writes");
  });

  it("has paths and names as they are", () => {
    roundTrip("firecracker", x86, (json) => {
      const config = JSON.parse(json);
      const taps = config["network-interfaces"].map((one: { host_dev_name: string }) => one.host_dev_name);
      return [config["boot-source"].kernel_image_path, taps];
    });
  });
});

describe.each([
  ["cloud-hypervisor", "--kernel", /^tap=([^,]*),mac=52:54:00:77:00:0\d,id=(?:in|out|log)$/],
  ["alioth", "--pvh", /^tap,if=([^,]*),mac=52:54:00:77:00:0\d,mtu=1500$/],
])("%s", (host, kernel, net) => {
  /** As a shell takes a line apart that has words and single quotes only. */
  function words(line: string): string[] {
    expect(line).toMatch(/^(?:(?:[\w@%+=:,./-]|'[^']*'|\\')+ ?)+\n$/);
    return [...line.matchAll(/(?:[\w@%+=:,./-]|'[^']*'|\\')+/g)].map(([word]) =>
      word.replaceAll(/'([^']*)'|\\(')/g, (_, quoted: string | undefined, single) => quoted ?? single),
    );
  }
  const after = (all: string[], option: string) => all.filter((_, n) => all[n - 1] === option);

  // REQ-IMAGE-023
  it("is a command with the image, its words and its NICs in it, and no way to take a snapshot", () => {
    const all = words(describeFor(host, x86).text);
    expect(after(all, kernel)).toEqual(["/srv/site.elf"]);
    expect(after(all, "--cmdline")).toEqual(["epoch=1700000000000000000 boot=7"]);
    expect(after(all, "--memory")).toEqual(["size=8M"]);
    expect(after(all, "--net").map((one) => net.exec(one)![1])).toEqual(["tap0", "tap1", "tap2"]);
    expect(all.filter((word) => word.includes("api"))).toEqual([]);
  });

  it("is for x86-64 images only", () => {
    expect(() => describeFor(host, arm)).toThrow("has NICs on PCI only, which an aarch64 image does not drive");
  });

  it("has paths as they are, and takes plain names of devices only", () => {
    roundTrip(host, x86, (text) => {
      const all = words(text);
      return [after(all, kernel)[0]!, after(all, "--net").map((one) => net.exec(one)![1]!)];
    });
  });
});

describe("Xen", () => {
  /** As libxlu_cfg_l.l reads it: a string ends at its quote; a list has strings in it. */
  function parse(text: string): Record<string, string | string[]> {
    const found: Record<string, string | string[]> = {};
    for (const line of text.split("\n")) {
      if (/^#|^$/.test(line)) continue;
      const [, key, value] = /^(\w+) = (.*)$/.exec(line)!;
      const strings = [...value!.matchAll(/"([^"\n]*)"|'([^'\n]*)'/g)].map(([, a, b]) => (a ?? b)!);
      expect(value!.replaceAll(/"[^"\n]*"|'[^'\n]*'/g, "S")).toMatch(/^(\d+|S|\[(S(, S)*)?\])$/);
      found[key!] = value!.startsWith("[") ? strings : (strings[0] ?? value!);
    }
    return found;
  }

  it("is a PVH domain with its interfaces, and says that the image cannot use them", () => {
    const { text, notes } = describeFor("xen", x86);
    expect(text).toMatch(/^# a PVH domain of Xen has netfront interfaces only/);
    expect(notes.join()).toContain("netfront");
    expect(parse(text)).toEqual({
      ...{ type: "pvh", name: "weir", kernel: "/srv/site.elf", memory: "8", vcpus: "1" },
      cmdline: "epoch=1700000000000000000 boot=7",
      vif: ["1", "2", "3"].map((n) => `mac=52:54:00:77:00:0${n},vifname=tap${Number(n) - 1},type=vif`),
      ...{ on_poweroff: "destroy", on_reboot: "destroy", on_crash: "destroy", on_watchdog: "destroy" },
    });
    expect(parse(describeFor("xen", flat).text)).not.toHaveProperty("type");
    expect(() => describeFor("xen", arm)).toThrow("loads flat images");
  });

  it("has paths and names as they are, or says that it cannot", () => {
    roundTrip("xen", x86, (text) => {
      const { kernel, vif } = parse(text);
      return [kernel as string, (vif as string[]).map((one) => /vifname=([^,]*),type=vif$/.exec(one)![1]!)];
    });
    expect(() => describeFor("xen", { ...x86, image: `/a'b"c` })).toThrow("has both kinds of quotes");
  });
});
