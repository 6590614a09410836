// The interrupt controller (Arm GIC architecture, versions 2 and 3), for one purpose: to end a wait. WFI ends when an
// interrupt is pending although it is masked (Arm ARM, D1.6.2), so none is ever taken: this file asks what is
// pending and answers it, in order. No code runs without being called.
#include "cpu.h"

enum { // GICD, and of version 3 the second page of a redistributor
  CONTROL = 0, GROUP = 0x80, ENABLE = 0x100, PRIORITY = 0x400, TARGET = 0x800, TRIGGER = 0xc00, ROUTE = 0x6000,
  CPU_CONTROL = 0, CPU_MASK = 4, CPU_ACKNOWLEDGE = 0xc, CPU_END = 0x10, // GICC
  REDISTRIBUTOR_WAKER = 0x14, REDISTRIBUTOR_OWN = 0x10000, SLEEPING = 4,
};
#define ACKNOWLEDGE "s3_0_c12_c12_0" // ICC_IAR1_EL1
#define END "s3_0_c12_c12_1"         // ICC_EOIR1_EL1
#define MASK "s3_0_c4_c6_0"          // ICC_PMR_EL1
#define SYSTEM "s3_0_c12_c12_5"      // ICC_SRE_EL1
#define GROUP_1 "s3_0_c12_c12_7"     // ICC_IGRPEN1_EL1
enum { NO_INTERRUPT = 1020 };        // from here on numbers are not of interrupts

#define PRIORITY_MIDDLE 0xa0 // a hypervisor may leave all priorities at the lowest, which no mask lets through

static uint32_t lines[ROLES]; // their interrupts, by role

static volatile uint32_t *at(uint64_t base, uint32_t offset) { return REGISTER(base + offset); }
static void set_bit(uint64_t base, uint32_t offset, uint32_t n) { *at(base, offset + n / 32 * 4) |= 1u << n % 32; }
static void set_byte(uint64_t base, uint32_t offset, uint8_t value) {
  uint64_t register_ = base + offset;
  __asm__ volatile("" : "+r"(register_));
  *(volatile uint8_t *)register_ = value;
}

// Those of `out` and `log` are taken and not answered: some hosts inject them whatever the rings say. As edges, so that a line
// that stays up wakes the image once and not for ever.
static void enable(enum weir_role role) {
  const uint32_t n = lines[role];
  set_byte(machine.gic, PRIORITY + n, PRIORITY_MIDDLE);
  if (role != ROLE_IN) *at(machine.gic, TRIGGER + n / 16 * 4) |= 2u << n % 16 * 2;
  if (machine.gic_version == 3) {
    set_bit(machine.gic, GROUP, n);
    *(volatile uint64_t *)at(machine.gic, ROUTE + 8 * n) = 0; // to CPU 0.0.0.0
  } else {
    set_byte(machine.gic, TARGET + n, 1); // to CPU 0
  }
  *at(machine.gic, ENABLE + n / 32 * 4) = 1u << n % 32;
}

static void start_2(void) {
  *at(machine.gic, CONTROL) = 1;
  set_byte(machine.gic, PRIORITY + GIC_TIMER, PRIORITY_MIDDLE);
  *at(machine.gic, ENABLE) = 1u << GIC_TIMER;
  *at(machine.gic_cpu, CPU_MASK) = 0xff;
  *at(machine.gic_cpu, CPU_CONTROL) = 1;
}

static void start_3(void) {
  const uint64_t own = machine.gic_cpu + REDISTRIBUTOR_OWN;
  *at(machine.gic, CONTROL) = 0x13; // by affinity, both groups
  *at(machine.gic_cpu, REDISTRIBUTOR_WAKER) = 0;
  for (uint32_t n = 0; n < 1000000 && *at(machine.gic_cpu, REDISTRIBUTOR_WAKER) & SLEEPING; n++) {}
  set_bit(own, GROUP, GIC_TIMER);
  set_byte(own, PRIORITY + GIC_TIMER, PRIORITY_MIDDLE);
  *at(own, ENABLE) = 1u << GIC_TIMER;
  if (!(READ(SYSTEM) & 1)) WRITE(SYSTEM, 7); // where it is so already, the hypervisor may not let it be written
  ISB();
  WRITE(MASK, 0xff);
  WRITE(GROUP_1, 1);
  ISB();
}

void gic_start(const struct transport *nics) {
  if (machine.gic_version == 2) start_2();
  if (machine.gic_version == 3) start_3();
  for (uint32_t role = 0; role < ROLES && machine.gic_version; role++) {
    lines[role] = nics[role].line < NO_INTERRUPT ? nics[role].line : GIC_TIMER;
    if (lines[role] >= 32) enable(role);
  }
}

// Answers what is pending, at most one of each: a device that never stops cannot keep us here. Whether the timer was among it.
static bool answer(void) {
  bool timer = false;
  for (uint32_t n = 0; n < 1 + ROLES && machine.gic_version; n++) {
    const bool old = machine.gic_version == 2;
    const uint64_t id = old ? *at(machine.gic_cpu, CPU_ACKNOWLEDGE) : READ(ACKNOWLEDGE);
    if ((id & 0x3ff) >= NO_INTERRUPT) break;
    if (id == lines[ROLE_IN]) network_interrupt();
    timer |= (id & 0x3ff) == GIC_TIMER;
    if (old) *at(machine.gic_cpu, CPU_END) = (uint32_t)id;
    else WRITE(END, id);
  }
  return timer;
}

bool gic_timer(void) {
  const bool timer = answer();
  if (timer) WRITE("cntv_ctl_el0", 0);
  return timer;
}

void gic_wait(void) {
  if (machine.gic_version) WAIT();
  WRITE("cntv_ctl_el0", 0);
  ISB();
  answer();
}
