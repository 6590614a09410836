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

// What kernel.h's weir_info.registers has; the program counter and the stack pointer first.
#define WEIR_REGISTERS \
  "rip", "rsp", "flags", "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "r8", "r9", "r10", "r11", "r12", "r13", "r14", \
  "r15", "error"
// Bytes of a call, and whether the bytes in front of `pc` are one: if not, `pc` is not a return address.
#define WEIR_CALL_BYTES 5
static inline int weir_after_call(const uint8_t *pc) { return pc[-5] == 0xe8; }

#endif
