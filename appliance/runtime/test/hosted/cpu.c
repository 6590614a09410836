// arch/x86_64/cpu.c and paging.c, and kernel/console.c, as they are, as a program of the build machine: what the instructions
// do that only a kernel may execute is done here, when they fault. The interrupt controller is memory that counts only in the
// mode in which it is memory (Intel SDM 3A, 11.12). Like the code it tests, it is for x86-64.
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include "kernel/arch.h"
#define outb real_outb
#define inb real_inb
#define outw real_outw
#include "cpu.h"
#undef outb
#undef inb
#undef outw
#undef LAPIC
#undef IOAPIC
static volatile uint32_t apic[1024], ioapic[1024]; // by their offsets / 4
#define LAPIC ((uint64_t)apic)
#define IOAPIC ((uint64_t)ioapic)
static void outb(uint16_t port, uint8_t value);
static void outw(uint16_t port, uint16_t value);
static uint8_t inb(uint16_t port);
#include "arch/x86_64/cpu.c"
#undef LAPIC
#undef IOAPIC
#define LAPIC 0xfee00000ull
#define IOAPIC 0xfec00000ull
#include "arch/x86_64/paging.c"
#include "kernel/console.c"

static _Noreturn void wrong(const char *what) {
  printf("%s\n", what);
  exit(1);
}

uint64_t gdt[7], boot_ticks;
char trap_stubs[16 * VECTORS], kernel_stack_end[1];
struct weir_info weir_info;
static unsigned interrupts; // of `in`
void network_interrupt(void) { interrupts++; }
static bool reset;
void network_reset(void) { reset = true; }
void kernel_start(const struct arch_boot *boot) { (void)boot; wrong("it starts"); }
void multiboot_read(const uint8_t *info, uint32_t room, struct arch_boot *boot) { (void)info, (void)room, (void)boot; wrong("a loader"); }
void kernel_call(uint64_t call, uint64_t argument) { (void)call, (void)argument; wrong("a call"); }
void keys_erase(void) {}
static jmp_buf faulting;
static struct fault faulted;
static bool may_fault;
void kernel_fault(const struct fault *f) {
  if (!may_fault) printf("%s\n", f->what), wrong("a fault");
  faulted = *f;
  longjmp(faulting, 1);
}
bool pci_device(struct transport *t) { (void)t; return false; }
static bool enabled;
void pci_enable(const struct transport *t) { (void)t; enabled = true; }
static uint32_t pci_vector;
void pci_interrupts(const struct transport *t, uint32_t vector) { (void)t; pci_vector = vector; }
void enter_user(void (*entry)(void), char *stack) { (void)entry, (void)stack; wrong("the user part"); }

// ---- The machine ------------------------------------------------------------------------------------------------------------------

static jmp_buf over;
static uint64_t base;     // IA32_APIC_BASE
static unsigned switched; // how often it was written
static bool dead, enabled_interrupts, halted;
static uint32_t pending;  // another interrupt that comes before the timer's; 0: none
static char log_[512];    // ports, in order; lines of the console where they end
static unsigned full;     // how often the console still says that it is full

static void outb(uint16_t port, uint8_t value) {
  const size_t used_ = strlen(log_);
  if (port == PORT_CONSOLE) log_[used_] = (char)value, log_[used_ + 1] = 0;
  else snprintf(log_ + used_, sizeof log_ - used_, "%x=%x ", port, value);
}
static void outw(uint16_t port, uint16_t value) {
  const size_t used_ = strlen(log_);
  snprintf(log_ + used_, sizeof log_ - used_, "%x=%x ", port, value);
}
static uint8_t inb(uint16_t port) {
  if (port != PORT_CONSOLE + 5) wrong("it reads from an unknown port");
  return full && full-- ? 0x40 : 0x60;
}

static void power_on(uint64_t mode) {
  base = 0xfee00900 | mode; // the first CPU's
  memset((void *)apic, 0, sizeof apic), memset((void *)ioapic, 0, sizeof ioapic);
  apic[LAPIC_SPURIOUS / 4] = 0xff, apic[LAPIC_TIMER / 4] = 0x10000;
  switched = interrupts = pci_vector = pending = full = 0, dead = enabled_interrupts = halted = reset = false, log_[0] = 0;
}
static void write_base(uint64_t value) {
  const uint64_t modes = APIC_X2 | APIC_ON, from = base & modes, to = value & modes;
  if ((value ^ base) & ~modes) wrong("another bit of IA32_APIC_BASE is changed");
  // 11.12.5: from x2APIC only to off; from off only to xAPIC; x2APIC without being on is no mode
  if (to == APIC_X2 || (from == modes && to == APIC_ON) || (!from && to == modes)) wrong("a change of modes that faults");
  if (!to) apic[LAPIC_SPURIOUS / 4] = 0xff, apic[LAPIC_TIMER / 4] = 0x10000, apic[LAPIC_COUNT / 4] = 0;
  base = value;
  switched++;
}

static bool interrupt(uint32_t vector) {
  struct trap_frame f = {.vector = vector, .flags = FLAG_INTERRUPTS | 2, .cs = 8};
  apic[LAPIC_EOI / 4] = ~0u;
  trap(&f);
  if (f.flags & FLAG_INTERRUPTS) wrong("interrupts stay allowed behind one");
  if (!apic[LAPIC_EOI / 4] == (vector == VECTOR_SPURIOUS)) wrong("an interrupt is not ended, or a spurious one is");
  enabled_interrupts = false;
  return true;
}
/** Whether one came. */
static bool deliver(void) {
  if (!enabled_interrupts || (base & (APIC_X2 | APIC_ON)) != APIC_ON || !(apic[LAPIC_SPURIOUS / 4] & 0x100)) return false;
  if (pending) {
    const uint32_t vector = pending;
    pending = 0;
    return interrupt(vector);
  }
  if (dead || !apic[LAPIC_COUNT / 4] || apic[LAPIC_TIMER / 4] != VECTOR_TIMER) return false;
  apic[LAPIC_COUNT / 4] = 0;
  return interrupt(VECTOR_TIMER);
}

/** An instruction that only a kernel may execute. */
static void on_fault(int signal, siginfo_t *info, void *context) {
  (void)signal, (void)info;
  greg_t *const r = ((ucontext_t *)context)->uc_mcontext.gregs;
  const uint8_t *at = (const uint8_t *)r[REG_RIP];
  uint32_t bytes = 1;
  if (at[0] == 0x0f && (at[1] == 0x30 || at[1] == 0x32)) {
    if ((uint32_t)r[REG_RCX] != MSR_APIC_BASE) wrong("another register of the CPU");
    if (at[1] == 0x30) write_base((uint64_t)(uint32_t)r[REG_RDX] << 32 | (uint32_t)r[REG_RAX]);
    else r[REG_RAX] = (uint32_t)base, r[REG_RDX] = (greg_t)(base >> 32);
    bytes = 2;
  } else if (at[0] == 0xfb) {
    enabled_interrupts = true;
    if (at[1] != 0xf4) deliver();
  } else if (at[0] == 0xfa) {
    enabled_interrupts = false;
  } else if (at[0] == 0xf4) {
    halted = true;
    if (!deliver()) longjmp(over, 1);
  } else {
    printf("%02x: ", at[0]);
    wrong("another instruction");
  }
  r[REG_RIP] += bytes;
}

// ---- What must come of it -----------------------------------------------------------------------------------------------------------

/** The CPU is handed over in every mode; on PCI, or not. */
static void modes(void) {
  static const uint64_t all[] = {APIC_ON, APIC_ON | APIC_X2};
  for (int pci = 0; pci < 2; pci++)
    for (int n = 0; n < 2; n++) {
      weir_info.ticks_per_second = 1000000000; // whoever else wants this CPU
      struct transport nics[ROLES] = {[ROLE_IN] = {.line = 0x112, .pci = pci ? 0x80001000 : 0}, [ROLE_OUT] = {.line = 6}, [ROLE_LOG] = {.line = 7}};
      power_on(all[n]);
      arch_interrupts(nics);
      if ((base & (APIC_X2 | APIC_ON)) != APIC_ON) wrong("the registers in memory are left deaf");
      if (switched != (n ? 2u : 0u)) wrong("the mode is changed where it was right, or too often");
      if (strcmp(log_, "21=ff a1=ff ")) wrong("the old interrupt controllers are not silent");
      if (apic[LAPIC_SPURIOUS / 4] != 0x12f || apic[LAPIC_DIVIDE / 4] != 0xb || apic[LAPIC_TIMER / 4] != 32) wrong("the interrupt controller is set up otherwise");
      if (pci ? pci_vector != 33 || ioapic[0] : pci_vector || ioapic[0] != 0x10 + 2 * 0x12 || ioapic[4] != 33) wrong("another interrupt of `in`");
      if (!arch_timer_works()) wrong("the timer is not seen to work");
      if (apic[LAPIC_COUNT / 4] || halted) wrong("the timer goes on, or the proof halts");
      arch_idle(5);
      if (!halted || apic[LAPIC_COUNT / 4]) wrong("it does not sleep");
      arch_idle(0); // at once: a count of 0 would be no timer
      pending = VECTOR_NETWORK;
      arch_idle(1000000);
      if (interrupts != 1 || apic[LAPIC_COUNT / 4]) wrong("a frame does not wake it");
      pending = VECTOR_SPURIOUS;
      arch_idle(1000000);
    }
}

/** A timer that never interrupts is seen, and so is one of which only other interrupts are heard; neither is waited for long. */
static void timers(void) {
  const struct transport nics[ROLES] = {0};
  for (int n = 0; n < 3; n++) {
    power_on(APIC_ON);
    arch_interrupts(nics);
    weir_info.ticks_per_second = 1000000;
    if (n < 2) dead = true;
    else apic[LAPIC_TIMER / 4] = 0x10000 | VECTOR_TIMER;
    if (n == 1) pending = VECTOR_NETWORK;
    if (setjmp(over)) wrong("a timer that never comes is waited for by halting");
    if (arch_timer_works()) wrong("a dead timer passes for one that works");
    if (apic[LAPIC_COUNT / 4]) wrong("the timer goes on");
  }
}

/** The console's line first, then every way to end a machine, the one that is a reset last of all. */
static void the_end(void) {
  static const struct { int stops; uint32_t code; const char *wanted; } all[] = {
    {0, 13, "weir: refused: why\nweir: exit 0xd\nf4=d 600=34 604=2000 64=fe "}, {1, 60, "weir: exit 0x3c\nf4=3c 600=34 604=2000 64=fe "}};
  for (int n = 0; n < 2; n++) {
    power_on(APIC_ON);
    full = 3; // a slow reader is waited for
    if (!setjmp(over)) {
      if (all[n].stops) stop(all[n].code);
      else refuse(all[n].code, "why");
    }
    if (strcmp(log_, all[n].wanted)) printf("%s\n", log_), wrong("it ends in another way");
    if (!halted || reset != all[n].stops) wrong("it goes on behind the end, or devices go on");
  }
}

/** The machine's memory, as a loader may tell it: with holes, and with more ranges than there is room for. */
static void memory(void) {
  struct memory_entry map[40] = {
    {0x1000, 0x7f000, 1, 0}, {0x80000, 0x20000, 2, 0}, {0x100000, 0x700000, 1, 0}, {0x800000, 0x100000, 2, 0}, {0x900000, 0x100000, 1, 0},
    {0xa00000, 0x100000, 3, 0}, {0x100000000, 0x40000000, 1, 0}};
  struct arch_boot boot = {.memory_map = (uint64_t)map, .memory_entries = 7};
  ram_ranges = 0;
  if (setjmp(over)) wrong("an honest map is refused");
  if (arch_memory(&boot) != 0x7f000 + 0x700000 + 0x100000 + 0x40000000ull) wrong("another sum of memory");
  const struct memory_entry copy[40] = {0};
  memcpy(map, copy, sizeof map); // the loader's own is gone by then
  static const struct { uint64_t from, to; bool is; } all[] = {
    {0x1000, 0x80000, true}, {0x1000, 0x80001, false}, {0xfff, 0x2000, false}, {0x7f000, 0x9f000, false}, {0x100000, 0x800000, true},
    {0x7ff000, 0x900000, false}, {0x7ff000, 0x901000, false}, {0x900000, 0xa00000, true}, {0xa00000, 0xa01000, false}, {0x100000000, 0x140000000, true}};
  for (unsigned n = 0; n < sizeof all / sizeof *all; n++)
    if (arch_is_memory(&boot, all[n].from, all[n].to) != all[n].is) printf("%llx\n", (unsigned long long)all[n].from), wrong("what is memory");
  static const struct { uint64_t at; bool may; } devices[] = {
    {0xfeb00000, true}, {0xfeb00e00, true}, {0xa0000000, true}, {0xc0000000, true}, {0x2000000, true}, {0x1fffe00, false}, {0x900000, false},
    {0x80000, false}, {0x100000000, false}, {0x13ffffe00, false}, {0x140000000, true}, {0xfeb00001, false}, {0xfeb00100, false}, {0x3ffffffff000, true},
    {0x400000000000, false}, {0xfee00000, false}, {0xfec00e00, false}, {0xfffffffffffff000, false}, {0, false}};
  for (unsigned n = 0; n < sizeof devices / sizeof *devices; n++)
    if (arch_may_be_device(devices[n].at) != devices[n].may) printf("%llx\n", (unsigned long long)devices[n].at), wrong("where a device may be");
  for (uint32_t n = 0; n < 40; n++) map[n] = (struct memory_entry){0x1000000ull * n, 0x1000, n % 2 ? 2 : 1, 0};
  boot.memory_entries = 40, ram_ranges = 0;
  if (arch_memory(&boot) != 20 * 0x1000) wrong("ranges that are no memory count");
  for (uint32_t n = 0; n < 33; n++) map[n].type = 1;
  boot.memory_entries = 32, ram_ranges = 0;
  if (arch_memory(&boot) != 32 * 0x1000) wrong("32 ranges");
  boot.memory_entries = 33, ram_ranges = 0, log_[0] = 0;
  if (!setjmp(over)) arch_memory(&boot), wrong("33 ranges are taken");
  if (!strstr(log_, "more than 32 ranges") || !strstr(log_, "f4=a ")) wrong("33 ranges are refused in another way");
}

/** What the console calls each exception, and the exit code that it has (0: by what was touched). */
static void exceptions(void) {
  static const struct { uint32_t vector; const char *words; uint32_t code; } all[] = {
    {0, "division by zero", EXIT_FAULT_ARITHMETIC}, {1, "debug", EXIT_FAULT_OTHER}, {2, "NMI", EXIT_FAULT_OTHER},
    {4, "unexpected trap", EXIT_FAULT_OTHER}, {6, "undefined instruction", EXIT_FAULT_INSTRUCTION}, {7, "no FPU", EXIT_FAULT_OTHER},
    {8, "double fault", EXIT_FAULT_OTHER}, {10, "task state", EXIT_FAULT_OTHER}, {11, "segment", EXIT_FAULT_OTHER},
    {12, "stack segment", EXIT_FAULT_OTHER}, {13, "protection", EXIT_FAULT_INSTRUCTION},
    {16, "floating point", EXIT_FAULT_ARITHMETIC}, {17, "alignment", EXIT_FAULT_OTHER}, {18, "machine check", EXIT_FAULT_OTHER},
    {19, "floating point", EXIT_FAULT_ARITHMETIC}, {20, "unexpected trap", EXIT_FAULT_OTHER}, {31, "unexpected trap", EXIT_FAULT_OTHER}};
  may_fault = true;
  for (volatile unsigned n = 0; n < sizeof all / sizeof *all; n++) {
    struct trap_frame f = {.vector = all[n].vector, .rip = 0x1234, .cs = 3};
    if (!setjmp(faulting)) trap(&f), wrong("an exception is nothing");
    if (strcmp(faulted.what, all[n].words) || faulted.code != all[n].code || faulted.pc != 0x1234 || !faulted.user)
      printf("%u: %s, exit %u\n", all[n].vector, faulted.what, faulted.code), wrong("an exception is called otherwise");
  }
  may_fault = false;
}

int main(void) {
  setvbuf(stdout, 0, _IOLBF, 0);
  struct sigaction fault_ = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER};
  sigaction(SIGSEGV, &fault_, 0);
  if (!setjmp(over)) modes();
  else wrong("it halts for ever");
  timers();
  exceptions();
  the_end();
  memory();
  printf("right\n");
  return 0;
}
