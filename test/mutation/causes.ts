/**
 * Why images were ready and blind on hosts that people have, or were refused there for no reason: each cause, put back as a
 * small change of the runtime's sources, and the program of appliance/runtime/test/hosted that must see it.
 */
import { HOST_ARCH } from "../../appliance/contract/arch.ts";
import type { Judge } from "./judge.ts";

const HOSTED = ["test/hosted"];
export const JUDGES = {
  devices: { program: "devices", args: [], include: HOSTED, seconds: 2 },
  ends: { program: "ends", args: [], include: HOSTED, seconds: 2 },
  memory: { program: "memory", args: [], include: HOSTED, seconds: 2 },
  cpu: { program: "cpu", args: [], include: ["arch/x86_64"], seconds: 2 },
  pci: { program: "pci", args: [], include: ["arch/x86_64"], seconds: 3 },
  arm: { program: "arm", args: [], include: ["arch/aarch64"], seconds: 10 },
} satisfies Record<string, Judge>;

/** These do what an x86-64 does: they step through its instructions. */
const X86_64: readonly (keyof typeof JUDGES)[] = ["cpu", "pci", "arm"];
export const here = (judge: keyof typeof JUDGES) => HOST_ARCH === "x86_64" || !X86_64.includes(judge);

export interface Cause {
  judge: keyof typeof JUDGES;
  /** In appliance/runtime. */
  file: string;
  /** What is put back, exactly one place of the file, and what takes its place. */
  name: string;
  from: string;
  to: string;
  /** What the judge says of it. */
  seen: RegExp;
}

type Line = [name: string, from: string, to: string, seen: RegExp];
const of = (judge: Cause["judge"], file: string, lines: readonly Line[]): Cause[] =>
  lines.map(([name, from, to, seen]) => ({ judge, file, name, from, to, seen }));

const NETWORK = of("devices", "kernel/network.c", [
  [
    "the status of a device that was started is not read back",
    "if ((get(role, MMIO_STATUS) & (STATUS_DRIVER_OK | STATUS_NEEDS_RESET | STATUS_FAILED)) != STATUS_DRIVER_OK)",
    "if (0)",
    /becomes/,
  ],
  ["a device that needs a reset passes for started", " | STATUS_NEEDS_RESET", "", /becomes = STATUS_NEEDS_RESET/],
  ["a device that failed passes for started", " | STATUS_FAILED", "", /becomes = STATUS_FAILED/],
  ["no timer is tried before it is ready", "if (!arch_timer_works())", "if (0)", /no timer/],
  [
    "another kind of virtio device is refused",
    "else if (kind) leave_alone(kind);",
    'else if (kind) refuse(EXIT_DEVICES, "not a NIC");',
    /another kind of device/,
  ],
  [
    "another kind of virtio device is reset",
    "else if (kind) leave_alone(kind);",
    "else if (kind) leave_alone(kind), set(n, MMIO_STATUS, 0);",
    /written to before it was known/,
  ],
  [
    "another kind of virtio device is not named",
    "else if (kind) leave_alone(kind);",
    "",
    /the name of another kind of device/,
  ],
  ["a queue is as long as the image wants it", "while (size > most) size /= 2;", "", /num_max\[own\]|another length/],
  [
    "a queue that is too short is refused, though it could be used",
    "uint32_t size = role == ROLE_IN ? IN_BUFFERS : SEND_BUFFERS;\n",
    "uint32_t size = role == ROLE_IN ? IN_BUFFERS : SEND_BUFFERS;\n  if (size > most) return 0;\n",
    /num_max\[own\]/,
  ],
  [
    "the inert queue is left out on every host",
    "  set_idle_queue(role, queue ==",
    "  if (0) set_idle_queue(role, queue ==",
    /something else/,
  ],
  [
    "the inert queue is there on hosts that were to have none",
    "if (weir_info.manifest.flags & MANIFEST_ONE_QUEUE) return;",
    "",
    /something else/,
  ],
  [
    "the inert queue is selected last",
    "  set(role, MMIO_QUEUE_READY, 1);\n  set(role, MMIO_STATUS, STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_FEATURES_OK | STATUS_DRIVER_OK);",
    "  set(role, MMIO_QUEUE_READY, 1);\n  set(role, MMIO_QUEUE_SEL, !queue);\n  set(role, MMIO_STATUS, STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_FEATURES_OK | STATUS_DRIVER_OK);",
    /something else/,
  ],
]);

const MANIFEST = of("devices", "kernel/start.c", [
  ["unknown flags are believed", "m->flags & ~(uint32_t)MANIFEST_ONE_QUEUE || ", "", /an unknown flag/],
  [
    "any time of waiting for `log` is believed",
    "(silence && (silence < MIN",
    "(0 && (silence < MIN",
    /how long `log` is waited for/,
  ],
]);

const CPU = of("cpu", "arch/x86_64/cpu.c", [
  ["x2APIC mode is not left", "  use_xapic();\n", "", /left deaf/],
  [
    "x2APIC mode is left by a change that faults",
    "  wrmsr(MSR_APIC_BASE, base & ~(uint64_t)(APIC_X2 | APIC_ON));\n",
    "",
    /a change of modes that faults/,
  ],
  ["the mode is written where it is right already", "  if (!(base & APIC_X2)) return;\n", "", /where it was right/],
  [
    "x2APIC mode is left behind the set-up, which is lost by that",
    "  *lapic(LAPIC_TIMER) = VECTOR_TIMER; // one shot\n",
    "  *lapic(LAPIC_TIMER) = VECTOR_TIMER;\n  wrmsr(MSR_APIC_BASE, rdmsr(MSR_APIC_BASE) & ~(uint64_t)APIC_ON), wrmsr(MSR_APIC_BASE, rdmsr(MSR_APIC_BASE) | APIC_ON);\n",
    /the mode is changed/,
  ],
  [
    "the proof of the timer believes anything",
    "  return timer_interrupts != before;",
    "  return true;",
    /a dead timer passes/,
  ],
  [
    "the proof of the timer halts",
    '__asm__ volatile("sti; nop; nop; cli" : : : "memory");',
    '__asm__ volatile("sti; hlt; cli" : : : "memory");',
    /halting|halts/,
  ],
  [
    "another interrupt passes for the timer's",
    "timer_interrupts += f->vector == VECTOR_TIMER;",
    "timer_interrupts++;",
    /a dead timer passes/,
  ],
  [
    "the exit's port is written before its line",
    '  put("weir: exit ");\n',
    '  outb(PORT_DEBUG_EXIT, (uint8_t)code);\n  put("weir: exit ");\n',
    /ends in another way/,
  ],
  [
    "the machine is reset where ACPI would switch it off",
    "  outw(PORT_PM1_CONTROL, PM1_SOFT_OFF);\n  outb(PORT_KEYBOARD, KEYBOARD_RESET);\n",
    "  outb(PORT_KEYBOARD, KEYBOARD_RESET);\n  outw(PORT_PM1_CONTROL, PM1_SOFT_OFF);\n",
    /ends in another way/,
  ],
  ["a PC is not switched off", "  outw(PORT_PM1_CONTROL, PM1_SOFT_OFF);\n", "", /ends in another way/],
  ["ACPI's sleep register is not written", "  outb(PORT_SLEEP_CONTROL, SLEEP_S5);\n", "", /ends in another way/],
  [
    "memory of two ranges passes for one",
    "if (ram[i].from <= from && to <= ram[i].to) return true;",
    "if (ram[i].from <= from && from < ram[i].to) return true;",
    /what is memory/,
  ],
  ["what is not memory passes for it", "if (entry[i].type == 1) {", "{", /memory/],
]);

const DEVICE_PLACES = of("cpu", "arch/x86_64/paging.c", [
  [
    "registers are believed at 3 GiB and above only",
    "page < IMAGE_ADDRESSES ||",
    "page < 0xc0000000 ||",
    /where a device may be/,
  ],
  [
    "registers are believed where memory is",
    "page < ram[i].to && ram[i].from < page + PAGE",
    "0",
    /where a device may be/,
  ],
  [
    "registers are believed over the interrupt controllers",
    "|| page == LAPIC || page == IOAPIC",
    "",
    /where a device may be/,
  ],
]);

const PCI = of("pci", "arch/x86_64/pci.c", [
  [
    "registers of 16 bits are written with 32",
    "  outw(PORT_DATA + (at & 2), value);",
    "  outl(PORT_DATA + (at & 2), value);",
    /a register of 16 bits is written with 32/,
  ],
  [
    "another kind of virtio device has its memory decoded",
    "    if (t->id != VIRTIO_ID_NET) return true; // not ours: left as it is\n    configure(function, PCI_COMMAND, COMMAND_MEMORY | COMMAND_NO_LINE);\n",
    "    configure(function, PCI_COMMAND, COMMAND_MEMORY | COMMAND_NO_LINE);\n    if (t->id != VIRTIO_ID_NET) return true;\n",
    /another kind, or it is configured/,
  ],
  [
    "another kind of virtio device is refused where it lacks what NICs have",
    "    if (t->id != VIRTIO_ID_NET) return true; // not ours: left as it is\n",
    "",
    /another kind, or it is configured/,
  ],
]);

const MEMORY = of("memory", "kernel/memory.c", [
  [
    "rings are not moved",
    "    weir_info.rings_moved = end - (uint64_t)low_read;\n",
    "",
    /rings are elsewhere|missing|where no memory is/,
  ],
  [
    "a machine without memory for the rings is refused",
    "  if (!arch_is_memory(boot, (uint64_t)low_read, (uint64_t)low_write_end)) {",
    "  need_memory(boot, (uint64_t)low_read, (uint64_t)low_write_end);\n  if (0) {",
    /too little memory/,
  ],
  [
    "rings are moved though half of them has no memory there",
    "    end += (uint64_t)(low_write_end - low_read);\n",
    "",
    /where no memory is/,
  ],
  [
    "of the rings only what devices write is looked for",
    "(uint64_t)low_read, (uint64_t)low_write_end)) {",
    "(uint64_t)low_read, (uint64_t)low_read_end)) {",
    /where no memory is/,
  ],
  [
    "devices are told of the rings' own addresses",
    "(struct virtq_desc){ring_address(weir_receive_buffer[i]), BUFFER_SIZE",
    "(struct virtq_desc){(uint64_t)weir_receive_buffer[i], BUFFER_SIZE",
    /a receive buffer is elsewhere/,
  ],
  [
    "the user part has the rings at their own addresses",
    "r->from == low_read || r->from == low_write ? ring_address(r->from) : (uint64_t)r->from, r->rights",
    "(uint64_t)r->from, r->rights",
    /where no memory is/,
  ],
  ["the range that is missing is not named", '  put_hex(from);\n  put(" to ");', '  put(" to ");', /not named/],
]);

const GIC = of("arm", "arch/aarch64/gic.c", [
  [
    "NICs' interrupts keep the priority that they had",
    "  set_byte(machine.gic, PRIORITY + n, PRIORITY_MIDDLE);\n",
    "",
    /lowest priority/,
  ],
  [
    "GICv2's timer keeps the priority that it had",
    "  set_byte(machine.gic, PRIORITY + GIC_TIMER, PRIORITY_MIDDLE);\n",
    "",
    /lowest priority/,
  ],
  [
    "GICv3's timer keeps the priority that it had",
    "  set_byte(own, PRIORITY + GIC_TIMER, PRIORITY_MIDDLE);\n",
    "",
    /lowest priority/,
  ],
  ["ICC_SRE_EL1 is written always", "if (!(READ(SYSTEM) & 1)) WRITE", "WRITE", /does not let it/],
  ["ICC_SRE_EL1 is written never", "if (!(READ(SYSTEM) & 1)) WRITE(SYSTEM, 7);", "", /not there in this mode/],
  [
    "the lines of `out` and `log` stay disabled",
    "    if (lines[role] >= 32) enable(role);",
    "    if (lines[role] >= 32 && role == ROLE_IN) enable(role);",
    /not enabled/,
  ],
  [
    "an interrupt of `out` or `log` is not answered",
    "    if (id == lines[ROLE_IN]) network_interrupt();\n",
    "    if (id == lines[ROLE_OUT] || id == lines[ROLE_LOG]) break;\n    if (id == lines[ROLE_IN]) network_interrupt();\n",
    /not answered/,
  ],
  [
    "an interrupt of `out` or `log` is answered as one of `in`",
    "    if (id == lines[ROLE_IN]) network_interrupt();\n",
    "    if (id >= 32) network_interrupt();\n",
    /as one of `in`/,
  ],
  [
    "a line of `out` that stays up wakes it for ever",
    "  if (role != ROLE_IN) *at(machine.gic, TRIGGER + n / 16 * 4) |= 2u << n % 16 * 2;\n",
    "",
    /not answered/,
  ],
  [
    "interrupts go to another CPU",
    "    *(volatile uint64_t *)at(machine.gic, ROUTE + 8 * n) = 0; // to CPU 0.0.0.0\n",
    "",
    /does not wake it|for ever/,
  ],
  [
    "any interrupt passes for the timer's",
    "timer |= (id & 0x3ff) == GIC_TIMER;",
    "timer = true;",
    /a dead timer passes/,
  ],
]);

const ARM = of("arm", "arch/aarch64/cpu.c", [
  ["firmware is called by hvc always", "if (machine.smc) FIRMWARE", "if (0) FIRMWARE", /called in another way/],
  ["firmware is called by smc always", "if (machine.smc) FIRMWARE", "if (1) FIRMWARE", /called in another way/],
  [
    "firmware is called before the exit's line",
    '  put("weir: exit ");\n',
    '  if (machine.smc) FIRMWARE("smc", PSCI_SYSTEM_OFF);\n  put("weir: exit ");\n',
    /called in another way/,
  ],
  [
    "a 16550 is taken for a PL011",
    "return machine.console_16550 ? !(*console_byte(LINE_STATUS) & LINE_EMPTY) : *console",
    "return *console",
    /full|the line/,
  ],
  [
    "a 16550 is set up as a PL011 is",
    "if (machine.console && !machine.console_16550) *console",
    "if (machine.console) *console",
    /another serial port is set up/,
  ],
  ["the proof of the timer believes anything", "  return works;\n", "  return true;\n", /a dead timer passes/],
  [
    "without a controller nothing passes the proof of the timer",
    "bool works = !machine.gic_version;",
    "bool works = false;",
    /without a controller/,
  ],
]);

const ENDS_LOOP = of("ends", "user/main.c", [
  ["nobody looks under a flood", "      watch_ends(now, false);\n", "", /a dead `log` under a flood/],
  ["nobody looks where nothing comes", "      watch_ends(now, true);\n", "", /nothing comes/],
  [
    "a flood puts off looking for a minute",
    "#define BUSY_FOR (10 * SECOND)",
    "#define BUSY_FOR (60 * SECOND)",
    /a dead `log` under a flood/,
  ],
  ["a paused image counts what it missed", "passed < LONGEST_LOOK ? passed : LONGEST_LOOK", "passed", /a pause/],
  [
    "nothing is said of a silent `in`",
    "else if (remind && now - missed_since >= remind) {",
    "else if (0) {",
    /nothing comes/,
  ],
  ["a silent `in` is said each second", "    remind *= 2;\n", "", /nothing comes/],
  ["the first frame is not said", "    if (remind > FIRST_FRAME) say", "    if (0) say", /frames come late/],
  ["the first frame is said where nobody asked", "    if (remind > FIRST_FRAME) say", "    say", /frames come soon/],
  ["a replay is watched", "  if (replaying || now < looked", "  if (now < looked", /a replay/],
]);

const ENDS_RINGS = of("ends", "user/send.c", [
  ["`out` is not watched", "  watch(OUT, passed);\n", "", /a dead `out`/],
  ["`log` is not watched", "  watch(LOG, passed);\n", "", /a dead `log`/],
  [
    "a device that had nothing to take passes for a silent one",
    "const bool silent = r->waits && r->seen == r->watched;",
    "const bool silent = r->held && r->seen == r->watched;",
    /nothing comes/,
  ],
  [
    "a device that takes some passes for a silent one",
    "r->waits && r->seen == r->watched;",
    "r->waits;",
    /nothing comes/,
  ],
  [
    "what a device missed before counts, too",
    "    r->silence = r->said = 0;\n",
    "    r->said = 0;\n",
    /`log` stops twice/,
  ],
  [
    "it is said once only",
    "  if (r->silence - r->said >= PATIENCE) {",
    "  if (!r->said && r->silence >= PATIENCE) {",
    /a dead `log`/,
  ],
  ["that a device takes frames again is not said", "if (r->said) say", "if (0) say", /goes on/],
  [
    "the policy's time is not looked at",
    "  if (most && r->silence >= most) end",
    "  if (0) end",
    /the end: a dead `log`/,
  ],
  ["it ends for a dead `out`", "which == LOG ? weir_info", "which == OUT ? weir_info", /a dead `out` under a flood/],
  [
    "it ends without the policy's leave",
    "  if (most && r->silence >= most) end",
    "  if (r->silence >= most) end",
    /a dead `log`/,
  ],
  ["it ends too soon", "r->silence >= most) end", "r->silence >= most / 2) end", /`log` stops twice/],
]);

export const CAUSES: readonly Cause[] = [
  ...[...NETWORK, ...MANIFEST, ...CPU, ...DEVICE_PLACES, ...PCI, ...MEMORY],
  ...[...GIC, ...ARM, ...ENDS_LOOP, ...ENDS_RINGS],
];
