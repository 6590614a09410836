// arch/aarch64/gic.c and cpu.c, and kernel/console.c, as they are, as a program of the build machine, against a simulated
// interrupt controller (Arm GIC architecture, versions 2 and 3), timer, firmware and serial port. Registers in memory are pages
// of this program that cannot be reached: each access is seen, by a fault and a single step, so the build machine is an x86-64.
// Hypervisors hand the controller over in other states than QEMU does; each of them is tried.
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include "cpu.h"
#undef READ
#undef READ_RANDOM
#undef WRITE
#undef ISB
#undef WAIT
#undef ALLOW_USER
#undef FIRMWARE
static uint64_t read_system(const char *name);
static void write_system(const char *name, uint64_t value);
static void wait_(void);
static void firmware(const char *conduit, uint64_t call);
#define READ(name) read_system(name)
#define READ_RANDOM(to, failed) ((to) = read_system("s3_3_c2_c4_0"), (failed) = 0)
#define WRITE(name, value) write_system(name, (uint64_t)(value))
#define ISB() ((void)0)
#define WAIT() wait_()
#define ALLOW_USER() ((void)0)
#define FIRMWARE(conduit, call) firmware(conduit, call)
#define lines gic_lines
#define at gic_at
#define enable gic_enable
#include "arch/aarch64/gic.c"
#undef lines
#undef at
#undef enable
#include "arch/aarch64/cpu.c"
#include "kernel/console.c"

static _Noreturn void wrong(const char *what) {
  printf("%s\n", what);
  exit(1);
}

struct weir_info weir_info;
struct machine machine;
static jmp_buf over;
static bool reads_tree = true, reset;
static unsigned interrupts; // of `in` that were answered at its device
static bool pending[NO_INTERRUPT];
bool fdt_read(const uint8_t *fdt) { (void)fdt; return reads_tree; }
void network_interrupt(void) { interrupts++, pending[gic_lines[ROLE_IN]] = false; }
void network_reset(void) { reset = true; }
void kernel_start(const struct arch_boot *boot) { (void)boot; longjmp(over, 2); }
void kernel_call(uint64_t call, uint64_t argument) { (void)call, (void)argument; wrong("a call"); }
void keys_erase(void) {}
void kernel_fault(const struct fault *f) { (void)f; wrong("a fault"); }
void enter_user(void (*entry)(void), char *stack) { (void)entry, (void)stack; wrong("the user part"); }

// ---- Registers in memory: GICD, a redistributor's two frames of 64 KiB, GICC, and the serial port -----------------------------------

#define GICD 0x30000000ull
#define GICR 0x30020000ull
#define OWN (GICR + REDISTRIBUTOR_OWN)
#define GICC 0x30050000ull
#define UART 0x30060000ull
#define SIZE 0x61000ull
#define BYTE(address) (*(volatile uint8_t *)(address))
#define WORD(address) (*(volatile uint32_t *)(address))
static uint64_t touched;
static bool writes, dead;   // the access is a write; the timer interrupts nobody
static uint32_t asleep;     // how often the redistributor still says that it sleeps
static uint32_t full;       // how often the serial port still says that it is full
static char text[512];
static unsigned polls, set_up; // how often it was asked; how often something else than text was written to it

// ---- The controller: what it signals follows from its registers --------------------------------------------------------------------

static struct { uint64_t sre, mask, group, control, compare, now; bool locked; } cpu_;
static uint32_t active = NO_INTERRUPT + 3, acknowledged[NO_INTERRUPT];

static bool bit(uint64_t base, uint32_t n) { return WORD(base + n / 32 * 4) >> n % 32 & 1; }
static bool signalled(uint32_t n) {
  if (!pending[n]) return false;
  if (machine.gic_version == 2)
    return WORD(GICD) & 1 && bit(GICD + ENABLE, n) && (n < 32 || BYTE(GICD + TARGET + n) & 1) && WORD(GICC + CPU_CONTROL) & 1 &&
      BYTE(GICD + PRIORITY + n) < WORD(GICC + CPU_MASK);
  const uint64_t base = n < 32 ? OWN : GICD;
  return (WORD(GICD) & 0x12) == 0x12 && cpu_.sre & 1 && cpu_.group && bit(base + GROUP, n) && bit(base + ENABLE, n) && BYTE(base + PRIORITY + n) < cpu_.mask &&
    !(WORD(GICR + REDISTRIBUTOR_WAKER) & SLEEPING) && (n < 32 || *(volatile uint64_t *)(GICD + ROUTE + 8 * n) == 0);
}
static uint32_t first(void) {
  pending[GIC_TIMER] = !dead && cpu_.control & 1 && cpu_.now >= cpu_.compare;
  for (uint32_t n = 0; n < NO_INTERRUPT; n++) if (signalled(n)) return n;
  return NO_INTERRUPT + 3;
}
static uint32_t acknowledge(void) {
  active = first();
  if (active >= NO_INTERRUPT) return active;
  acknowledged[active]++;
  if (active >= 32 && WORD(GICD + TRIGGER + active / 16 * 4) >> active % 16 * 2 & 2) pending[active] = false; // an edge
  return active;
}
static void ended(uint64_t n) {
  if (n != active || n >= NO_INTERRUPT) wrong("an interrupt is ended that was not acknowledged");
  active = NO_INTERRUPT + 3;
}

static void before_read(void) {
  if (touched == GICC + CPU_ACKNOWLEDGE) WORD(touched) = acknowledge();
  if (touched == GICR + REDISTRIBUTOR_WAKER && asleep && !--asleep) WORD(touched) &= ~(uint32_t)SLEEPING;
  if (touched == UART + (machine.console_16550 ? LINE_STATUS : CONSOLE_FLAGS)) {
    const bool is = full && full--;
    BYTE(touched) = machine.console_16550 ? (is ? 0x40 : 0x60) : is ? CONSOLE_FULL : 0x90;
    polls++;
  }
}
static uint32_t before;
static void after_write(void) {
  const uint64_t base = touched >= OWN && touched < OWN + 0x10000 ? OWN : GICD, place = touched - base;
  if (touched < GICC && place >= ENABLE && place < ENABLE + 0x80) WORD(touched) |= before;
  if (touched == GICC + CPU_END) ended(WORD(touched));
  if (touched == GICR + REDISTRIBUTOR_WAKER) WORD(touched) |= asleep ? SLEEPING : 0;
  if (touched < UART) return;
  if (touched != UART) set_up++;
  else if (full) wrong("text is written to a serial port that is full");
  else strncat(text, (const char[]){(char)BYTE(UART), 0}, sizeof text - strlen(text) - 1);
}
static void all(int rights) { mprotect((void *)GICD, SIZE, rights); }
static void on_fault(int signal, siginfo_t *info, void *context) {
  (void)signal;
  greg_t *const r = ((ucontext_t *)context)->uc_mcontext.gregs;
  touched = (uint64_t)info->si_addr, writes = r[REG_ERR] & 2;
  if (touched - GICD >= SIZE) wrong("an address of no register");
  all(PROT_READ | PROT_WRITE);
  before = WORD(touched & ~3ull);
  if (!writes) before_read();
  r[REG_EFL] |= 0x100;
}
static void on_step(int signal, siginfo_t *info, void *context) {
  (void)signal, (void)info;
  if (writes) after_write();
  all(PROT_NONE);
  ((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL] &= ~0x100ll;
}

// ---- Registers of the CPU, its sleep, and firmware ---------------------------------------------------------------------------------

#define IS(wanted) !strcmp(name, wanted)
static uint64_t read_system(const char *name) {
  uint64_t value = 0;
  if (IS("cntfrq_el0")) return 62500000;
  if (IS("cntvct_el0")) return cpu_.now += dead ? 100000 : 100;
  if (IS(SYSTEM)) return cpu_.sre;
  if (!IS(ACKNOWLEDGE)) return 0;
  if (!(cpu_.sre & 1)) wrong("a register that is not there in this mode");
  all(PROT_READ | PROT_WRITE);
  value = acknowledge();
  all(PROT_NONE);
  return value;
}
static void write_system(const char *name, uint64_t value) {
  if (IS(SYSTEM) && cpu_.locked) wrong("ICC_SRE_EL1 is written where the hypervisor does not let it");
  if ((IS(MASK) || IS(GROUP_1) || IS(END)) && !(cpu_.sre & 1)) wrong("a register that is not there in this mode");
  if (IS(SYSTEM)) cpu_.sre = value;
  if (IS(MASK)) cpu_.mask = value;
  if (IS(GROUP_1)) cpu_.group = value & 1;
  if (IS(END)) ended(value);
  if (IS("cntv_ctl_el0")) cpu_.control = value;
  if (IS("cntv_cval_el0")) cpu_.compare = value;
}
/** Ends when something is signalled, if need be after the timer's time. */
static void wait_(void) {
  all(PROT_READ | PROT_WRITE);
  if (first() >= NO_INTERRUPT && cpu_.control & 1 && cpu_.now < cpu_.compare) cpu_.now = cpu_.compare;
  if (first() >= NO_INTERRUPT) longjmp(over, 1);
  all(PROT_NONE);
}
static char calls[128];
static void firmware(const char *conduit, uint64_t call) {
  snprintf(calls + strlen(calls), sizeof calls - strlen(calls), "%s %llx ", conduit, (unsigned long long)call);
}

// ---- Trials --------------------------------------------------------------------------------------------------------------------------

static const struct transport nics[ROLES] = {[ROLE_IN] = {.line = 40}, [ROLE_OUT] = {.line = 70}, [ROLE_LOG] = {.line = 103}};

static void power_on(uint32_t version, uint8_t priority, bool sre) {
  all(PROT_READ | PROT_WRITE);
  memset((void *)GICD, 0, SIZE);
  memset((void *)(GICD + PRIORITY), priority, 0x400), memset((void *)(OWN + PRIORITY), priority, 32);
  for (uint32_t n = 32; n < NO_INTERRUPT; n++) *(uint64_t *)(GICD + ROUTE + 8 * n) = 1; // to another CPU
  WORD(GICR + REDISTRIBUTOR_WAKER) = 2 | SLEEPING;
  all(PROT_NONE);
  machine = (struct machine){.gic = GICD, .gic_cpu = version == 2 ? GICC : GICR, .gic_version = version, .console = UART};
  memset(&cpu_, 0, sizeof cpu_), memset(pending, 0, sizeof pending), memset(acknowledged, 0, sizeof acknowledged);
  cpu_.sre = sre ? 7 : 0, cpu_.locked = sre, cpu_.now = 12345, active = NO_INTERRUPT + 3;
  asleep = 5, full = polls = set_up = interrupts = 0, dead = reset = false, text[0] = calls[0] = 0;
}

static void started(uint32_t version, uint8_t priority) {
  all(PROT_READ | PROT_WRITE);
  for (uint32_t n = 0; n < NO_INTERRUPT; n++) {
    const bool own = n == GIC_TIMER, ours = own || n == 40 || n == 70 || n == 103;
    const uint64_t base = n < 32 && version == 3 ? OWN : GICD;
    if (bit(base + ENABLE, n) != ours) wrong("the line of a NIC, or the timer's, is not enabled, or another one is");
    const uint8_t is = BYTE(base + PRIORITY + n);
    if (ours ? is >= 0xf0 : is != priority) wrong("an interrupt has the lowest priority, which no mask lets through, or others were given one");
  }
  all(PROT_NONE);
}

static void sleep_(uint64_t nanoseconds) {
  if (setjmp(over)) wrong("it sleeps for ever");
  arch_idle(nanoseconds);
}

static void controllers(void) {
  for (uint32_t version = 2; version <= 3; version++)
    for (int n = 0; n < 3; n++) {
      const uint8_t priority = (const uint8_t[]){0xff, 0, 0xa0}[n];
      power_on(version, priority, n == 1);
      arch_interrupts(nics);
      started(version, priority);
      if (!arch_timer_works()) wrong("the timer is not seen to work");
      if (cpu_.control) wrong("the timer goes on");
      const uint64_t then = cpu_.now;
      sleep_(1000000);
      if (cpu_.now - then < 62000 || cpu_.now - then > 64000) wrong("it sleeps for another time");
      pending[40] = true;
      sleep_(1000000000);
      if (interrupts != 1 || acknowledged[40] != 1) wrong("a frame on `in` does not wake it, or is not answered at the device");
      if (cpu_.now > then + 1000000) wrong("a frame on `in` wakes it late");
      // Some hosts inject those of `out` and `log`, too: taken once, answered, and their devices left alone
      for (uint32_t line = 70; line <= 103; line += 33) {
        pending[line] = true;
        sleep_(1000000000);
        if (acknowledged[line] != 1 || active < NO_INTERRUPT || interrupts != 1) wrong("an interrupt of `out` or `log` is not answered, or as one of `in`");
      }
      // A line that never goes away does not keep it
      network_interrupt();
      for (int times = 0; times < 3; times++) pending[40] = pending[70] = pending[103] = true, sleep_(1000000000);
      if (acknowledged[40] != 4) wrong("an interrupt of `in` is lost");
      power_on(version, priority, n == 1);
      dead = true, pending[40] = pending[70] = true;
      arch_interrupts(nics);
      if (arch_timer_works()) wrong("a dead timer passes for one that works");
      if (cpu_.now > 12345 + 2 * 62500000 || cpu_.control) wrong("a dead timer is waited for too long, or goes on");
    }
  // Numbers that are of no interrupt; and no controller at all, where nothing can be waited for
  power_on(3, 0xff, false);
  arch_interrupts((const struct transport[ROLES]){{.line = 40}, {.line = NO_INTERRUPT}, {.line = ~0u}});
  sleep_(1000);
  power_on(0, 0, false);
  arch_interrupts(nics);
  if (!arch_timer_works()) wrong("without a controller nothing is waited for");
  arch_idle(1000);
}

/** The end: the line, then the firmware, by the conduit of the device tree; on either serial port. */
static void the_end(void) {
  for (int n = 0; n < 4; n++) {
    power_on(3, 0, false);
    machine.smc = n & 1, machine.console_16550 = n & 2;
    full = 7;
    if (!setjmp(over)) stop(42);
    if (strcmp(text, "weir: exit 0x2a\n")) printf("%s\n", text), wrong("the console has not the line");
    if (strcmp(calls, n & 1 ? "smc 84000008 " : "hvc 84000008 ")) printf("%s\n", calls), wrong("the firmware is called in another way");
    if (!reset || set_up) wrong("devices go on, or the serial port is set up at the end");
    // Nobody reads it: text is dropped after one wait; when somebody reads again, it goes on
    all(PROT_READ | PROT_WRITE);
    BYTE(UART) = 0, BYTE(UART + LINE_STATUS) = 0x40, BYTE(UART + CONSOLE_FLAGS) = CONSOLE_FULL;
    put("lost: all of this");
    if (BYTE(UART)) wrong("text is written to a serial port that is full");
    all(PROT_NONE);
    text[0] = 0;
    put("here");
    if (strcmp(text, "here")) wrong("text is lost behind that");
  }
  power_on(3, 0, false);
  machine.console = 0;
  put("nobody");
  if (polls || text[0]) wrong("a serial port that is not there");
}

/** The start: a PL011 is set up to send only; a 16550 has other registers there. */
static void the_start(void) {
  for (int n = 0; n < 3; n++) {
    power_on(3, 0, false);
    machine.console_16550 = n == 1;
    if (n == 2) machine.console = 0;
    if (setjmp(over) != 2) cpu_start(0, 99);
    if (weir_info.entry_ticks != 99) wrong("the time of the start");
    if (set_up != (n ? 0u : 2u)) wrong("another serial port is set up than the device tree names");
    all(PROT_READ | PROT_WRITE);
    if (!n && (WORD(UART + CONSOLE_LINE) != 0x70 || WORD(UART + CONSOLE_CONTROL) != 0x101)) wrong("the serial port is set up otherwise");
    all(PROT_NONE);
  }
  power_on(3, 0, false);
  reads_tree = false;
  if (!setjmp(over)) cpu_start(0, 1);
  if (strcmp(text, "weir: exit 0xd\n") || !calls[0]) wrong("what is no device tree is not refused");
}

int main(void) {
  setvbuf(stdout, 0, _IOLBF, 0);
  struct sigaction fault_ = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER}, step = {.sa_sigaction = on_step, .sa_flags = SA_SIGINFO | SA_NODEFER};
  sigaction(SIGSEGV, &fault_, 0), sigaction(SIGTRAP, &step, 0);
  if (mmap((void *)GICD, SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != (void *)GICD) wrong("mmap");
  controllers();
  the_end();
  the_start();
  printf("right\n");
  return 0;
}
