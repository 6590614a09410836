// What the user part needs of the CPU.
#ifndef WEIR_USER_H
#define WEIR_USER_H

#include <stdint.h>
#include "kernel/kernel.h"

static inline void weir_call(enum weir_call call, uint64_t argument) {
  __asm__ volatile("int3" : : "a"((uint64_t)call), "D"(argument) : "memory");
}

static inline uint64_t weir_ticks(void) {
  uint32_t low, high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
  return (uint64_t)high << 32 | low;
}

#endif
