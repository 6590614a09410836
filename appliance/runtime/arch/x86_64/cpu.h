// Between cpu.c and paging.c.
#ifndef WEIR_CPU_H
#define WEIR_CPU_H

#include <stdint.h>

#define LAPIC 0xfee00000ull
#define IOAPIC 0xfec00000ull

struct cpuid { uint32_t a, b, c, d; };
static inline struct cpuid cpuid(uint32_t leaf) {
  struct cpuid r;
  __asm__ volatile("cpuid" : "=a"(r.a), "=b"(r.b), "=c"(r.c), "=d"(r.d) : "a"(leaf), "c"(0));
  return r;
}

#endif
