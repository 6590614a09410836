// The CPU: traps, clock, idling, console, the end. Firmware is called for the end only (PSCI, Arm DEN 0022).
#include "cpu.h"

enum { CALL = 0x15, EXECUTE = 0x20, ACCESS = 0x24, PSCI_SYSTEM_OFF = 0x84000008 }; // classes of exceptions: ESR_EL1.EC
enum { CONSOLE_FLAGS = 0x18, CONSOLE_FULL = 0x20, CONSOLE_LINE = 0x2c, CONSOLE_CONTROL = 0x30 };
enum { LINE_STATUS = 5, LINE_EMPTY = 0x20 }; // of a 16550
#define CONSOLE_PATIENCE 100000

_Noreturn void enter_user(void (*entry)(void), char *stack_end);

struct trap_frame { uint64_t x[31], pc, cause, address; };

static const struct trap_frame *last_trap;

static volatile uint32_t *console(uint32_t at) { return REGISTER(machine.console + at); }
static bool guards_user; // the CPU can keep the kernel part from the user part's pages: PAN

// Random numbers of the CPU, if it has them: RNDR (Arm ARM, D23.2.145).
static bool draw(uint64_t *to) {
  uint64_t failed = 1;
  for (unsigned tries = 0; failed && tries < 10; tries++) READ_RANDOM(*to, failed);
  return !failed;
}
static bool random_numbers(uint64_t to[2]) { return READ("s3_0_c0_c6_0") >> 60 && draw(to) && draw(to + 1); } // ID_AA64ISAR0_EL1.RNDR

void cpu_start(const uint8_t *fdt, uint64_t ticks) {
  if (!fdt_read(fdt)) arch_exit(EXIT_DEVICES);
  guards_user = READ("s3_0_c0_c7_1") >> 20 & 15; // ID_AA64MMFR1_EL1.PAN
  WRITE("cntkctl_el1", 2); // the user part may read the counter, and nothing else of the timer
  if (machine.console && !machine.console_16550) *console(CONSOLE_LINE) = 0x70, *console(CONSOLE_CONTROL) = 0x101; // 8 bits, buffered; sends only
  weir_info.entry_ticks = ticks;
  weir_info.is_random = random_numbers(weir_info.random);
  kernel_start(0);
}

void arch_user(void (*entry)(void), char *stack_end) { enter_user(entry, stack_end); }

void arch_read_user(void) {
  if (guards_user) ALLOW_USER(); // the next trap forbids it again
}

// ---- Traps (Arm ARM, D17.2.37, ESR_EL1) -----------------------------------------------------------------------------

static _Noreturn void fault(uint64_t cause, uint64_t pc, uint64_t address, bool user) {
  const uint32_t class = cause >> 26 & 63, status = cause & 63;
  const bool page = (class & ~5u) == EXECUTE && status >= 4 && status < 16; // of either part
  const char *what = "unexpected trap";
  uint32_t code = EXIT_FAULT_OTHER;
  if (class == 0) what = "undefined instruction", code = EXIT_FAULT_INSTRUCTION;
  if (class == 1 || class == 0x18) what = "privileged instruction", code = EXIT_FAULT_INSTRUCTION;
  if (class == 7) what = "no such registers", code = EXIT_FAULT_INSTRUCTION;
  if ((class & ~5u) == EXECUTE) what = "bus error";
  if (class == 0x22) what = "unaligned instruction", code = EXIT_FAULT_INSTRUCTION;
  if (class == 0x26) what = "unaligned stack";
  if (class == 0x2f) what = "system error";
  if (class == 0x3c) what = "breakpoint";
  if (page) what = "page fault", code = 0;
  kernel_fault(&(struct fault){
    .what = what, .pc = pc, .address = page ? address : 0, .code = code, .user = user, .present = status >= 8,
    .write = class >= ACCESS && cause & 64, .execute = class < ACCESS,
    .bounds = class == 0});
}

void arch_registers(uint64_t *to) {
  const struct trap_frame *f = last_trap;
  if (!f) return;
  to[0] = f->cause >> 26 == CALL ? f->pc - 4 : f->pc;
  to[1] = READ("sp_el0");
  for (unsigned i = 0; i < 31; i++) to[2 + i] = f->x[i];
  to[33] = f->cause;
}

void trap(struct trap_frame *f) {
  last_trap = f;
  if (f->cause >> 26 == CALL) kernel_call(f->x[0], f->x[1]);
  else fault(f->cause, f->pc, f->address, true);
}

void cpu_broken(uint64_t cause, uint64_t pc, uint64_t address, uint32_t whence) { fault(cause, pc, address, whence != 1); }

// ---- Clock and idling (Arm ARM, D11, the generic timer) ---------------------------------------------------------------

uint64_t arch_clock(char how[16]) {
  static const char name[] = "cntfrq";
  for (unsigned i = 0; i < sizeof name; i++) how[i] = name[i];
  return READ("cntfrq_el0"); // the hypervisor or the firmware has set it
}

void arch_interrupts(const struct transport *nics) { gic_start(nics); }

static void set_timer(uint64_t nanoseconds) {
  ISB();
  WRITE("cntv_cval_el0", READ("cntvct_el0") + nanoseconds * (READ("cntfrq_el0") / 1000) / 1000000);
  WRITE("cntv_ctl_el0", 1);
  ISB();
}

// Not by waiting: a CPU that no timer wakes would wait for ever.
bool arch_timer_works(void) {
  const uint64_t start = READ("cntvct_el0");
  set_timer(1000000);
  bool works = !machine.gic_version; // without a controller arch_idle() does not wait
  while (!works && READ("cntvct_el0") - start < READ("cntfrq_el0")) works = gic_timer();
  WRITE("cntv_ctl_el0", 0);
  return works;
}

void arch_idle(uint64_t nanoseconds) {
  set_timer(nanoseconds);
  gic_wait();
}

// ---- What the loader hands over: fdt.c has read it -----------------------------------------------------------------------

const char *arch_command_line(const struct arch_boot *boot) {
  (void)boot;
  return machine.command_line ? machine.command_line : "";
}

uint64_t arch_memory(const struct arch_boot *boot) {
  (void)boot;
  uint64_t sum = 0;
  for (uint32_t i = 0; i < machine.memories; i++) sum += machine.memory[i].to - machine.memory[i].from;
  return sum;
}

bool arch_is_memory(const struct arch_boot *boot, uint64_t from, uint64_t to) {
  (void)boot;
  for (uint32_t i = 0; i < machine.memories; i++)
    if (machine.memory[i].from <= from && to <= machine.memory[i].to) return true;
  return false;
}

bool arch_device(uint32_t n, struct transport *t) {
  if (n >= machine.count) return false;
  *t = (struct transport){.base = machine.devices[n].base, .line = machine.devices[n].line};
  return true;
}

void arch_enable(const struct transport *t) { (void)t; } // virtio-mmio has no switch for this

// ---- Console and the end ------------------------------------------------------------------------------------------------

static volatile uint8_t *console_byte(uint32_t at) { // of a 16550
  uint64_t register_ = machine.console + at;
  __asm__ volatile("" : "+r"(register_));
  return (volatile uint8_t *)register_;
}

static bool console_full(void) {
  return machine.console_16550 ? !(*console_byte(LINE_STATUS) & LINE_EMPTY) : *console(CONSOLE_FLAGS) & CONSOLE_FULL;
}

// A PL011, or a 16550. Its reader may have stopped reading. After one long wait text is dropped until there is room again: the
// image must never wait for anyone outside.
void arch_put(char c) {
  static uint32_t patience = CONSOLE_PATIENCE;
  if (!machine.console) return;
  for (uint32_t n = 0; console_full();) if (++n >= patience) {
    patience = 1;
    return;
  }
  patience = CONSOLE_PATIENCE;
  if (machine.console_16550) *console_byte(0) = (uint8_t)c;
  else *console(0) = (uint8_t)c;
}

// PSCI has no exit codes, so the console's last line has the code (hosts/exits.ts). Semihosting has them, but with it the
// hypervisor would open files for an attacker who took over the kernel part.
void arch_exit(uint32_t code) {
  put("weir: exit ");
  put_hex(code);
  put("\n");
  if (machine.smc) FIRMWARE("smc", PSCI_SYSTEM_OFF);
  else FIRMWARE("hvc", PSCI_SYSTEM_OFF);
  for (;;) WAIT();
}
