// What the C that a compartment became needs from around it: one function that does not return.
#ifndef WEIR_WASM_RT_H
#define WEIR_WASM_RT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Why a compartment stopped. WebAssembly's own traps; the numbers reach the console, so they stay.
typedef enum {
  WEIR_TRAP_OUT_OF_BOUNDS = 1,      // an access outside its linear memory
  WEIR_TRAP_INTEGER_OVERFLOW = 2,   // INT_MIN / -1, or a float too large for the integer it should become
  WEIR_TRAP_DIVISION_BY_ZERO = 3,
  WEIR_TRAP_INVALID_CONVERSION = 4, // NaN to integer
  WEIR_TRAP_UNREACHABLE = 5,        // a failed assertion or throw in AssemblyScript
} weir_trap_reason;

// Given by the runtime: fail closed. compartment: 1 inspect, 2 guard, 3 journal. It does not return, but is not
// declared noreturn: the crash record needs that (wasm-ops.h).
void weir_trap(unsigned compartment, weir_trap_reason reason);

#endif
