// What the user part needs of the CPU.
#ifndef WEIR_USER_H
#define WEIR_USER_H

#include <stdint.h>
#include "kernel/kernel.h"

static inline void weir_call(enum weir_call call, uint64_t argument) {
  register uint64_t x0 __asm__("x0") = (uint64_t)call;
  register uint64_t x1 __asm__("x1") = argument;
  __asm__ volatile("svc #0" : : "r"(x0), "r"(x1) : "memory");
}

static inline uint64_t weir_ticks(void) {
  uint64_t ticks;
  __asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(ticks)); // not earlier than what comes before it
  return ticks;
}

// What kernel.h's user_crashed.registers has; the program counter and the stack pointer first.
#define WEIR_REGISTERS \
  "pc", "sp", "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", \
  "x17", "x18", "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28", "x29", "x30", "cause"
// Bytes of a call, and whether the bytes in front of `pc` are one (bl): if not, `pc` is not a return address.
#define WEIR_CALL_BYTES 4
static inline int weir_after_call(const uint8_t *pc) { return !((uint64_t)pc & 3) && pc[-1] >> 2 == 0x25; }

#endif
