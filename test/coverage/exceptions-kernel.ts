/**
 * What tests with images do not reach of the kernel part: a branch counts as reached only in an image that QEMU has started.
 * Reasons are of what QEMU, its devices and its firmware never do.
 */
import type { Group } from "./exceptions.ts";

export const KERNEL: readonly Group[] = [
  {
    reason:
      "Memory, devices' addresses and firmware of machines that QEMU is not, and images larger than there is room for: refused at the start.",
    lines: {
      "appliance/runtime/arch/aarch64/cpu.c": [
        "if (!fdt_read(fdt)) arch_exit(EXIT_DEVICES);",
        "if (machine.memory[i].from <= from && to <= mach",
        'if (machine.smc) FIRMWARE("smc", PSCI_SYSTEM_OF',
      ],
      "appliance/runtime/arch/aarch64/paging.c": [
        'if (used == TABLES) refuse(EXIT_MEMORY, "the ima',
        "while (physical += PAGE, (from += PAGE) < to && ",
        "if (machine.console) map_page(machine.console);",
        "if (machine.gic_version) map_page(machine.gic), ",
        "if (base + PAGE > machine.memory[i].from && base",
        "if (base + PAGE > (uint64_t)low && base < (uint6",
        "return base && !(base & 511) && base < 1ull << 3",
      ],
      "appliance/runtime/arch/x86_64/cpu.c": [
        "return boot->command_line ? (const char *)boot->",
        "if (entry[i].address + entry[i].size > memory_en",
        "if (entry[i].type == 1 && entry[i].address <= fr",
      ],
      "appliance/runtime/arch/x86_64/paging.c": [
        'if (used == TABLES) refuse(EXIT_MEMORY, "the ima',
        "while (physical += PAGE, (from += PAGE) < to && ",
        "if (cpuid(0).a >= 7) cr4 |= (leaf.b >> 7 & 1) <<",
        "const bool high = base >= 1ull << 32 && base >= ",
        "return !(base & 511) && (high || (base >= 0xc000",
      ],
      "appliance/runtime/kernel/memory.c": [
        "bool fits = arch_is_memory(boot, (uint64_t)low, ",
        "const bool is_policy = fits && POLICY->magic == ",
      ],
    },
  },
  {
    reason:
      "QEMU's machines have a serial port, which takes what it is given; test/image/live.test.ts has one that nobody reads.",
    lines: {
      "appliance/runtime/arch/aarch64/cpu.c": [
        "if (machine.console) *console(CONSOLE_LINE) = 0x",
        "if (!machine.console) return;",
        "for (uint32_t n = 0; *console(CONSOLE_FLAGS) & C",
        "patience = 1;",
        "return;",
        "}",
      ],
    },
  },
  {
    reason:
      "Faults of the kernel part itself, and kinds of faults that no program of appliance/runtime/test causes; they end the image as the others do.",
    lines: {
      "appliance/runtime/arch/aarch64/cpu.c": [
        "const bool page = (class & ~5u) == EXECUTE && st",
        'if (class == 7) what = "no such registers", code',
        'if (class == 0x22) what = "unaligned instruction',
        'if (class == 0x26) what = "unaligned stack";',
        'if (class == 0x2f) what = "system error";',
        'if (class == 0x3c) what = "breakpoint";',
        "if (!f) return;",
        "void cpu_broken(uint64_t cause, uint64_t pc, uin",
      ],
      "appliance/runtime/arch/x86_64/cpu.c": [
        "uint32_t code = v == VECTOR_PAGE_FAULT ? 0 : v <",
        '.what = v < 20 && names[v] ? names[v] : "unexpec',
        "if (f->vector != VECTOR_SPURIOUS) *lapic(LAPIC_E",
      ],
      "appliance/runtime/kernel/crash.c": ["if (crashed) stop(crashed);"],
      "appliance/runtime/kernel/memory.c": [
        "if (!f->user) return EXIT_FAULT_KERNEL;",
        'const char *part = f->user ? "user" : "kernel";',
        "stop(crashed ? crashed : code);",
      ],
    },
  },
  {
    reason:
      "QEMU's device tree is whole, and of few forms. Those that are not: the same source with trees of all kinds, under sanitizers (appliance/runtime/test/hosted/tree.c).",
    lines: {
      "appliance/runtime/arch/aarch64/fdt.c": [
        "for (uint32_t i = 0; i < room; i++) {",
        ["return false;", 2],
        "static uint64_t reg(uint32_t n) { return node.re",
        "for (uint32_t i = 0; 16 * (i + 1) <= node.reg.le",
        "machine.memory[machine.memories++].to = from + s",
        "if (!base || base & 511 || base >> 39 || node.in",
        "machine.devices[machine.count++].line = word(nod",
        "if (args && node.bootargs.length && !args[node.b",
        'const bool old = is("arm,cortex-a15-gic") || is(',
        "if ((uint64_t)fdt % 4 || word(fdt) != FDT_MAGIC)",
        "if (begin % 4 || begin > total || size > total -",
        "for (uint32_t at = begin; stop - at >= 4;) {",
        "while (at < stop && fdt[at]) at++;",
        ["if (at > stop) return false;", 2],
        "if (stop - at < 8) return false;",
        "if (length > stop - at || name > names_size) ret",
        "} else if (token != FDT_NOP) {",
      ],
    },
  },
  {
    reason: "Interrupts of machines that QEMU is not: without an interrupt controller, or with one that stays asleep.",
    lines: {
      "appliance/runtime/arch/aarch64/gic.c": [
        "for (uint32_t n = 0; n < 1000000 && *at(machine.",
        "network = line < NO_INTERRUPT ? line : GIC_TIMER",
        'if (machine.gic_version) __asm__ volatile("dsb s',
        "for (int n = 0; n < 2 && machine.gic_version; n+",
        "if (id == network) network_interrupt();",
      ],
    },
  },
  {
    reason:
      "An address or a number that does not come up: the stack's words are code's or none, no number has sixteen digits.",
    lines: {
      "appliance/runtime/arch/aarch64/user.h": ["static inline int weir_after_call(const uint8_t "],
      "appliance/runtime/kernel/console.c": ["while (digits < 16 && value >> 4 * digits) digit"],
    },
  },
  {
    reason:
      "How fast the clock is, as other processors and hypervisors tell it than QEMU's emulation, which these images run in, or none at all.",
    lines: {
      "appliance/runtime/arch/x86_64/cpu.c": [
        "if (cpuid(1).c >> 31) { // under a hypervisor",
        "if (kvm.b == 0x4b4d564b && cpuid(CPUID_KVM_FEATU",
        "uint64_t hz = kvm_clock.scale ? (1000000000ull <",
        'if (hz) return found(how, "kvm-clock", kvm_clock',
        "if (last >= CPUID_TSC && cpuid(CPUID_TSC).a) ret",
        "struct cpuid tsc = cpuid(0).a >= 0x15 ? cpuid(0x",
        'if (tsc.a && tsc.b && tsc.c) return found(how, "',
        "for (uint32_t n = 0, start = 0; n < 1000000; n++",
        "if (n > 10000 && !passed && !before) break;",
        "return 0;",
      ],
      "appliance/runtime/kernel/start.c": [
        "if (!(weir_info.ticks_per_second = arch_clock(we",
        'refuse(EXIT_CLOCK, "no way to learn how fast the',
      ],
    },
  },
  {
    reason:
      "QEMU's PCI devices are whole. Those that are not: the same source with registers that lie, under sanitizers (appliance/runtime/test/hosted/pci.c).",
    lines: {
      "appliance/runtime/arch/x86_64/pci.c": [
        "if (bar > 5) return 0;",
        "if (low & 1 || (wide && bar == 5)) return 0;",
        "if (!base || at < base || (at & (PAGE - 1)) + ne",
        "static uint64_t least(uint64_t a, uint64_t b) { ",
        "if (kind == STRUCTURE_COMMON && !t->base && size",
        "if (kind == STRUCTURE_DEVICE && !t->config && si",
        "if (kind == STRUCTURE_NOTIFY && !t->bell && size",
        "if (!(config(function, PCI_COMMAND) & HAS_CAPABI",
        "for (uint32_t left = CAPABILITIES; left && at >=",
        "if ((head & 0xff) == CAPABILITY_MSIX && at <= CO",
        "if ((head & 0xff) == CAPABILITY_VENDOR && at <= ",
        "if ((id & 0xffff) != VIRTIO || device < 0x1000 |",
        "if (t->id == VIRTIO_ID_NET && !(t->base && t->co",
      ],
    },
  },
  {
    reason:
      "QEMU has no such device or command line, and the build no such manifest. The same source with devices that lie: appliance/runtime/test/hosted/devices.c, and the fuzzer's target `setup`.",
    lines: {
      "appliance/runtime/kernel/network.c": [
        "if ((*at)[0] == '0' && (*at)[1] == 'x') base = 1",
        "if (!ON_PCI(&nics[n]) && (get(n, MMIO_MAGIC) != ",
        "if (wanted & ~get(role, MMIO_DEVICE_FEATURES))",
        'refuse_device(EXIT_DEVICE_REFUSED, "this device has no MAC address or is not of VIRTIO 1: ", role);',
        "if (!(get(role, MMIO_STATUS) & STATUS_FEATURES_O",
        'refuse_device(EXIT_DEVICE_REFUSED, "this device refuses the features that are needed: ", role);',
        "if (get(role, MMIO_QUEUE_READY) || get(role, MMI",
        'refuse_device(EXIT_DEVICE_REFUSED, "this device has no queue that is large enough: ", role);',
      ],
      "appliance/runtime/kernel/start.c": ["bool right = m->version == MANIFEST_VERSION && m"],
    },
  },
  {
    reason: "What the user part asks for is always within these bounds; kept in front of what would believe it.",
    lines: {
      "appliance/runtime/kernel/start.c": [
        "else if (call == WEIR_IDLE && argument <= 400000",
        "else if (call == WEIR_EXIT && argument < 64) sto",
        "else if (call == WEIR_CRASH && argument && argum",
      ],
    },
  },
];
