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

#endif
