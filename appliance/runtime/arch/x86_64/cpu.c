// The CPU: descriptor tables, traps, clock, interrupts for idling, console port, the end.
#include "kernel/arch.h"
#include "cpu.h"
#include "loader.h"

// Calls come as breakpoints: hypervisors without hardware support (kvm_pvm) pass no other software interrupt on.
enum { VECTOR_CALL = 3, VECTOR_UNDEFINED = 6, VECTOR_PAGE_FAULT = 14, VECTOR_TIMER = 32, VECTOR_NETWORK, VECTOR_SPURIOUS = 47, VECTORS };
enum { PORT_PIT = 0x40, PORT_PIT_COMMAND = 0x43, PORT_KEYBOARD = 0x64, PORT_DEBUG_EXIT = 0xf4 };
#define KEYBOARD_RESET 0xfe
#define PORT_SLEEP_CONTROL 0x600 // of hardware-reduced ACPI on these two (ACPI 6.5, 4.8.3.7)
#define SLEEP_S5 0x34            // sleep type 5, enable
#define PORT_PM1_CONTROL 0x604   // of ACPI on QEMU's PCs as SeaBIOS and OVMF set it up (ACPI 6.5, 4.8.3.2.1)
#define PM1_SOFT_OFF 0x2000      // sleep type 0 there, enable
#define CONSOLE_PATIENCE 200000000 // of the processor's counter: 0.1 s or less
#define FLAG_INTERRUPTS 0x200
#define FLAG_ACCESS 0x40000 // AC: suspends SMAP

extern uint64_t gdt[7], boot_ticks;
extern char trap_stubs[], kernel_stack_end[];
_Noreturn void enter_user(void (*entry)(void), char *stack_end);

struct trap_frame {
  uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax;
  uint64_t vector, code, rip, cs, flags, rsp, ss;
};
static struct { uint16_t low, selector; uint8_t stack, type; uint16_t middle; uint32_t high, zero; } idt[VECTORS];
static struct { uint32_t zero; uint64_t rsp[3], zero2, ist[7]; uint16_t zero3[5], io; } __attribute__((packed)) tss;
static const struct trap_frame *last_trap;
static uint8_t last_stack[2048] __attribute__((aligned(16))); // double faults: the kernel's own may be the trouble

static void wrmsr(uint32_t msr, uint64_t v) {
  __asm__ volatile("wrmsr" : : "c"(msr), "a"((uint32_t)v), "d"((uint32_t)(v >> 32)) : "memory");
}
static uint64_t rdmsr(uint32_t msr) {
  uint32_t low, high;
  __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
  return (uint64_t)high << 32 | low;
}
static uint64_t rdtsc(void) {
  uint32_t low, high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
  return (uint64_t)high << 32 | low;
}

// Random numbers of the CPU, if it has them (Intel SDM 7.3.17.1: ten tries are enough unless it is broken).
static bool draw(uint64_t *to) {
  uint8_t drawn = 0;
  for (unsigned tries = 0; !drawn && tries < 10; tries++) __asm__ volatile("rdrand %0; setc %1" : "=r"(*to), "=qm"(drawn) : : "cc");
  return drawn;
}
static bool random_numbers(uint64_t to[2]) { return cpuid(1).c >> 30 & 1 && draw(to) && draw(to + 1); }

// info: a Multiboot2 loader's, of which `room` bytes can be read, in place of `boot`; 0: a PVH loader has started the image.
void cpu_start(const struct arch_boot *boot, const uint8_t *info, uint32_t room) {
  uint64_t t = (uint64_t)&tss;
  gdt[5] = (sizeof tss - 1) | (t & 0xffffff) << 16 | 0x89ull << 40 | (t >> 24 & 0xff) << 56;
  gdt[6] = t >> 32;
  tss.rsp[0] = (uint64_t)kernel_stack_end;
  tss.ist[0] = (uint64_t)(last_stack + sizeof last_stack);
  tss.io = sizeof tss;
  for (unsigned v = 0; v < VECTORS; v++) {
    uint64_t stub = (uint64_t)trap_stubs + 16 * v;
    idt[v].low = stub, idt[v].middle = stub >> 16, idt[v].high = stub >> 32, idt[v].selector = 0x08;
    idt[v].stack = v == 2 || v == 8 || v == 18; // NMI, double fault, machine check
    idt[v].type = v == VECTOR_CALL ? 0xee : 0x8e; // interrupt gates; only the call is open to ring 3
  }
  struct { uint16_t limit; uint64_t base; } __attribute__((packed)) table = {sizeof idt - 1, (uint64_t)idt};
  __asm__ volatile("lidt %0; ltr %w1" : : "m"(table), "r"(0x28) : "memory");
  outb(PORT_CONSOLE + 2, 1); // use its buffer
  weir_info.entry_ticks = boot_ticks;
  weir_info.is_random = random_numbers(weir_info.random);
  static struct arch_boot told;
  if (info) multiboot_read(info, room, &told);
  kernel_start(info ? &told : boot);
}

void arch_user(void (*entry)(void), char *stack_end) { enter_user(entry, stack_end); }

void arch_read_user(void) {
  __asm__ volatile("pushq %0; popfq" : : "i"(FLAG_ACCESS | 2) : "cc", "memory"); // stac, but on every CPU
}

// ---- Traps ----------------------------------------------------------------------------------------------------------

static _Noreturn void fault(const struct trap_frame *f) {
  static const char *const names[20] = {
    [0] = "division by zero", [1] = "debug", [2] = "NMI", [6] = "undefined instruction",
    [7] = "no FPU", [8] = "double fault", [10] = "task state", [11] = "segment", [12] = "stack segment",
    [13] = "protection", [14] = "page fault", [16] = "floating point", [17] = "alignment", [18] = "machine check",
    [19] = "floating point"};
  static const uint8_t codes[20] = {
    [0] = EXIT_FAULT_ARITHMETIC, [16] = EXIT_FAULT_ARITHMETIC, [19] = EXIT_FAULT_ARITHMETIC,
    [6] = EXIT_FAULT_INSTRUCTION, [13] = EXIT_FAULT_INSTRUCTION};
  uint64_t v = f->vector, address = 0;
  if (v == VECTOR_PAGE_FAULT) __asm__ volatile("mov %%cr2, %0" : "=r"(address));
  uint32_t code = v == VECTOR_PAGE_FAULT ? 0 : v < 20 && codes[v] ? codes[v] : EXIT_FAULT_OTHER;
  kernel_fault(&(struct fault){
    .what = v < 20 && names[v] ? names[v] : "unexpected trap", .pc = f->rip, .address = address, .code = code,
    .user = f->cs & 3, .present = f->code & 1, .write = f->code & 2, .execute = f->code & 16,
    .bounds = v == VECTOR_UNDEFINED});
}

static volatile uint64_t timer_interrupts;
static volatile uint32_t *lapic(uint32_t at) { return (volatile uint32_t *)(LAPIC + at); }
enum { MSR_APIC_BASE = 0x1b, APIC_X2 = 1 << 10, APIC_ON = 1 << 11 };
enum { LAPIC_EOI = 0xb0, LAPIC_SPURIOUS = 0xf0, LAPIC_TIMER = 0x320, LAPIC_COUNT = 0x380, LAPIC_DIVIDE = 0x3e0 };

void arch_registers(uint64_t *to) {
  const struct trap_frame *f = last_trap;
  const uint64_t all[] = {
    f->rip - (f->vector == VECTOR_CALL), f->rsp, f->flags, f->rax, f->rbx, f->rcx, f->rdx, f->rsi, f->rdi, f->rbp,
    f->r8, f->r9, f->r10, f->r11, f->r12, f->r13, f->r14, f->r15, f->code};
  for (unsigned i = 0; i < sizeof all / sizeof *all; i++) to[i] = all[i];
}

void trap(struct trap_frame *f) {
  last_trap = f;
  if (f->vector == VECTOR_CALL) {
    kernel_call(f->rax, f->rdi);
  } else if (f->vector < VECTOR_TIMER) {
    fault(f);
  } else { // only from within arch_idle(), which it ends, so that a device that never stops cannot keep us here
    f->flags &= ~(uint64_t)FLAG_INTERRUPTS;
    timer_interrupts += f->vector == VECTOR_TIMER;
    if (f->vector == VECTOR_NETWORK) network_interrupt();
    if (f->vector != VECTOR_SPURIOUS) *lapic(LAPIC_EOI) = 0;
  }
}

// ---- Idling (Intel SDM 3A, chapter 11; 82093AA data sheet) ------------------------------------------------------------

// Firmware or a hypervisor may hand the CPU over in x2APIC mode, where the registers in memory are deaf. From there the way
// back leads through switched off (Intel SDM 3A, 11.12.5).
static void use_xapic(void) {
  const uint64_t base = rdmsr(MSR_APIC_BASE);
  if (!(base & APIC_X2)) return;
  wrmsr(MSR_APIC_BASE, base & ~(uint64_t)(APIC_X2 | APIC_ON));
  wrmsr(MSR_APIC_BASE, (base & ~(uint64_t)APIC_X2) | APIC_ON);
}

void arch_interrupts(const struct transport *nics) {
  const struct transport *in = &nics[ROLE_IN];
  use_xapic();
  outb(0x21, 0xff); // the old interrupt controllers stay silent
  outb(0xa1, 0xff);
  *lapic(LAPIC_SPURIOUS) = 0x100 | VECTOR_SPURIOUS;
  *lapic(LAPIC_DIVIDE) = 0xb; // by one
  *lapic(LAPIC_TIMER) = VECTOR_TIMER; // one shot
  if (in->pci) return pci_interrupts(in, VECTOR_NETWORK);
  volatile uint32_t *select = (volatile uint32_t *)IOAPIC, *window = (volatile uint32_t *)(IOAPIC + 0x10);
  *select = 0x11 + 2 * (in->line & 0xff);
  *window = 0; // to CPU 0
  *select = 0x10 + 2 * (in->line & 0xff);
  *window = VECTOR_NETWORK; // edge, active high
}

// The timer counts nanoseconds on QEMU and KVM. Where it is slower, ticks are late, and nothing else.
void arch_idle(uint64_t nanoseconds) {
  *lapic(LAPIC_COUNT) = (uint32_t)nanoseconds | !nanoseconds;
  __asm__ volatile("sti; hlt; cli" : : : "memory"); // an interrupt waits until after sti's next instruction
  *lapic(LAPIC_COUNT) = 0;
}

// Not by halting: a CPU that no timer wakes would halt for ever.
bool arch_timer_works(void) {
  const uint64_t start = rdtsc(), before = timer_interrupts;
  *lapic(LAPIC_COUNT) = 1000000;
  while (timer_interrupts == before && rdtsc() - start < weir_info.ticks_per_second)
    __asm__ volatile("sti; nop; nop; cli" : : : "memory");
  *lapic(LAPIC_COUNT) = 0;
  return timer_interrupts != before;
}

// ---- Clock ------------------------------------------------------------------------------------------------------------

static struct { uint32_t version, pad; uint64_t ticks, time; uint32_t scale; int8_t shift; uint8_t flags[3]; } kvm_clock
  __attribute__((aligned(32)));
enum { CPUID_KVM = 0x40000000, CPUID_KVM_FEATURES, CPUID_TSC = 0x40000010, MSR_KVM_CLOCK = 0x4b564d01 };

static uint64_t found(char how[16], const char *name, uint64_t hz) {
  for (unsigned i = 0; name[i]; i++) how[i] = name[i];
  return hz;
}

uint64_t arch_clock(char how[16]) {
  // Channel 0 of the 8254 counts down once (microvm has no channel 2): as reset leaves it, it goes on waking the host.
  outb(PORT_PIT_COMMAND, 0x30);
  outb(PORT_PIT, 0xff);
  outb(PORT_PIT, 0xff);
  uint32_t last = 0;
  if (cpuid(1).c >> 31) { // under a hypervisor
    struct cpuid kvm = cpuid(CPUID_KVM);
    last = kvm.a;
    if (kvm.b == 0x4b4d564b && cpuid(CPUID_KVM_FEATURES).a & 8) { // "KVMK"; Linux, virt/kvm/x86/msr.rst
      wrmsr(MSR_KVM_CLOCK, (uint64_t)&kvm_clock | 1);
      uint64_t hz = kvm_clock.scale ? (1000000000ull << 32) / kvm_clock.scale : 0;
      wrmsr(MSR_KVM_CLOCK, 0);
      if (hz) return found(how, "kvm-clock", kvm_clock.shift < 0 ? hz << -kvm_clock.shift : hz >> kvm_clock.shift);
    }
  }
  if (last >= CPUID_TSC && cpuid(CPUID_TSC).a) return found(how, "cpuid", cpuid(CPUID_TSC).a * 1000ull);
  struct cpuid tsc = cpuid(0).a >= 0x15 ? cpuid(0x15) : (struct cpuid){0, 0, 0, 0};
  if (tsc.a && tsc.b && tsc.c) return found(how, "cpuid", (uint64_t)tsc.c * tsc.b / tsc.a);
  // Counts our ticks in 2.5 ms of the 8254, until two counts agree: another guest may have had the CPU meanwhile.
  uint64_t first = 0, before = 0;
  for (uint32_t n = 0, start = 0; n < 1000000; n++) {
    outb(PORT_PIT_COMMAND, 0);
    uint32_t count = inb(PORT_PIT);
    count |= (uint32_t)inb(PORT_PIT) << 8;
    const uint64_t now = rdtsc(), passed = start - count & 0xffff;
    if (n > 10000 && !passed && !before) break; // there is no 8254
    if (n && passed < 2983) continue;
    const uint64_t hz = n ? (now - first) * 1193182 / passed : 0;
    if (hz - before + (before >> 7) < before >> 6) return found(how, "8254", hz);
    start = count, first = now, before = hz;
  }
  return 0;
}

// ---- What the loader hands over (loader.h) -------------------------------------------------------------------------------

const char *arch_command_line(const struct arch_boot *boot) {
  return boot->command_line ? (const char *)boot->command_line : "";
}

struct ram_range ram[RAM_RANGES];
uint32_t ram_ranges;

// Copies the map, too: rings and page tables may come to lie where the loader has it. Memory beyond so many ranges is not used,
// and not taken for a device's either: the machine is refused.
uint64_t arch_memory(const struct arch_boot *boot) {
  const struct memory_entry *entry = (const struct memory_entry *)boot->memory_map;
  uint64_t sum = 0;
  for (uint32_t i = 0; i < boot->memory_entries; i++) if (entry[i].type == 1) {
    if (ram_ranges == RAM_RANGES) refuse(EXIT_MEMORY, "the memory map has more than 32 ranges of memory");
    ram[ram_ranges].from = entry[i].address;
    ram[ram_ranges++].to = entry[i].address + entry[i].size;
    sum += entry[i].size;
  }
  return sum;
}

bool arch_is_memory(const struct arch_boot *boot, uint64_t from, uint64_t to) {
  (void)boot;
  for (uint32_t i = 0; i < ram_ranges; i++) if (ram[i].from <= from && to <= ram[i].to) return true;
  return false;
}

bool arch_device(uint32_t n, struct transport *t) {
  (void)n;
  return pci_device(t);
}

void arch_enable(const struct transport *t) {
  if (t->pci) pci_enable(t);
}

// ---- Console and the end ------------------------------------------------------------------------------------------------

// A 16550: when it says it is empty, 16 bytes fit. Its reader may have stopped reading. After one long wait text
// is dropped until it is empty again: the image must never wait for anyone outside.
void arch_put(char c) {
  static uint32_t room;
  static uint64_t patience = CONSOLE_PATIENCE;
  if (!room) {
    const uint64_t start = rdtsc();
    while (!(inb(PORT_CONSOLE + 5) & 0x20)) if (rdtsc() - start >= patience) {
      patience = 0;
      return;
    }
    patience = CONSOLE_PATIENCE;
    room = 16;
  }
  room--;
  outb(PORT_CONSOLE, (uint8_t)c);
}

// The console's last line has the exit code, for where nothing else takes it (hosts/exits.ts). Then every way to end a machine
// there is: QEMU's debug exit; ACPI's sleep control (Cloud Hypervisor, Alioth) and soft off (QEMU's PCs), which are no reset, so that
// nobody starts a refused image again; the keyboard controller's reset (Firecracker).
void arch_exit(uint32_t code) {
  put("weir: exit ");
  put_hex(code);
  put("\n");
  outb(PORT_DEBUG_EXIT, (uint8_t)code);
  outb(PORT_SLEEP_CONTROL, SLEEP_S5);
  outw(PORT_PM1_CONTROL, PM1_SOFT_OFF);
  outb(PORT_KEYBOARD, KEYBOARD_RESET);
  for (;;) __asm__ volatile("cli; hlt");
}
