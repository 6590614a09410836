// Between the files of arch/aarch64.
#ifndef WEIR_CPU_H
#define WEIR_CPU_H

#include "kernel/arch.h"

// Instructions that only a kernel may execute, and that no other CPU has: test/hosted/arm.c puts others in their place.
// The name of the register goes into the instruction.
#define READ_RANDOM(to, failed) __asm__ volatile("mrs %0, s3_3_c2_c4_0; cset %1, eq" : "=r"(to), "=r"(failed) : : "cc") // RNDR
#define READ(name) ({ uint64_t value_; __asm__ volatile("mrs %0, " name : "=r"(value_) : : "memory"); value_; })
#define WRITE(name, value) __asm__ volatile("msr " name ", %0" : : "r"((uint64_t)(value)) : "memory")
#define ISB() __asm__ volatile("isb" : : : "memory")
#define WAIT() __asm__ volatile("dsb sy; wfi" : : : "memory") // until an interrupt is pending
#define ALLOW_USER() __asm__ volatile(".inst 0xd500409f" : : : "memory") // msr pan, #0
// Calls firmware or hypervisor by "smc" or "hvc" (Arm DEN 0028).
#define FIRMWARE(conduit, call) ({ \
  register uint64_t x0_ __asm__("x0") = (call); \
  __asm__ volatile(conduit " #0" : "+r"(x0_) : : "memory"); \
})

// What the device tree says of the machine; what it does not say is 0.
#define MEMORIES 4
#define MOST_DEVICES 8 // those of other kinds among them
extern struct machine {
  const char *command_line; // in the device tree
  struct { uint64_t from, to; } memory[MEMORIES];
  struct { uint64_t base; uint32_t line; } devices[MOST_DEVICES];
  uint32_t memories, count;
  uint64_t console;                     // a PL011, or a 16550
  bool console_16550;
  uint64_t gic, gic_cpu; // the distributor; of GICv2 the CPU interface, of GICv3 the first redistributor
  uint32_t gic_version;
  bool smc; // PSCI is called by smc, else by hvc
} machine;

// False when it is no device tree. Entries for which there is no room here are left out.
bool fdt_read(const uint8_t *fdt);

void gic_start(const struct transport *nics); // of each role
bool gic_timer(void); // whether the timer's interrupt was pending; answers what is
void gic_wait(void); // until a timer or device interrupt is pending; answers what is

#define GIC_TIMER 27 // the virtual timer's interrupt (Arm BSA, PPI assignments)

#endif
