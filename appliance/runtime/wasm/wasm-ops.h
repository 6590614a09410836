// REQ-IMAGE-008, REQ-IMAGE-009
// The WebAssembly instructions that are not one C operator, for the C that wasm2c writes (WebAssembly Core Specification
// 2.0, section 4.3 Numerics and 4.4 Instructions). It takes the place of wasm2c's own preamble, which serves any module on
// any host: here the memory's address and size are constants, so a load costs one compare against an immediate, and
// there are no tables, no imports, no growth. Included once, by a generated file, which defines before:
//   WEIR_COMPARTMENT   its number in trap reports
//   WEIR_MEMORY        the array that is its linear memory
//   WEIR_MEMORY_SIZE   its size in bytes
// Little-endian hosts only. The integer and conversion macros follow wabt's (Apache-2.0).
#ifndef WEIR_WASM_OPS_H
#define WEIR_WASM_OPS_H

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "linear memory is little-endian, and so must be the host"
#endif

#define UNLIKELY(x) __builtin_expect(!!(x), 0)

// What is defined here has no lines of its own: a debugger and a crash record show who used it.
#define INLINE static inline __attribute__((nodebug))

// The place of a trap must tell which line of AssemblyScript it is, so no two share one, and each is as short as can be.
// None of these is declared noreturn: a compiler would then not keep where they were called from.
#define DEFINE_TRAP(reason)                                                        \
  static __attribute__((noinline, cold, nomerge, nodebug)) void trap_##reason(void) { \
    weir_trap(WEIR_COMPARTMENT, WEIR_TRAP_##reason);                               \
  }
#ifdef WEIR_BOUNDS_TRAP // an instruction that traps, where the runtime knows it for what it is: the many bounds checks
INLINE _Noreturn __attribute__((always_inline)) void trap_OUT_OF_BOUNDS(void) {
  __asm__ volatile(WEIR_BOUNDS_TRAP);
  __builtin_unreachable();
}
#else
DEFINE_TRAP(OUT_OF_BOUNDS)
#endif
DEFINE_TRAP(INTEGER_OVERFLOW)
DEFINE_TRAP(DIVISION_BY_ZERO)
DEFINE_TRAP(INVALID_CONVERSION)
DEFINE_TRAP(UNREACHABLE)
#define TRAP(reason) ({ trap_##reason(); __builtin_unreachable(); 0; })
#define UNREACHABLE (trap_UNREACHABLE(), __builtin_unreachable())

// ---- Memory. An address is a u32 plus a constant u32 offset, in 64 bits: it cannot wrap ---------------------------

// Checks, and not guard pages: a page fault cannot say which compartment, an unmapped 8 GiB behind each memory and a fault
// handler would have to be right, and there is little to win. A decoder with a flow table and 20 exp2 per packet takes 2105
// instructions per packet with the checks and 1842 without any protection at all (clang 14 -O2, x86-64, 20,000 packets;
// callgrind, memset and memcpy left out), or 275 ns and 264 ns, the least of 60 runs; text 11.7 KB and 10.6 KB.
#ifdef WEIR_UNCHECKED // to measure that; never in an image
#define CHECK(address, n) ((void)0)
#else
#define CHECK(address, n) \
  do { if (UNLIKELY((address) + (u64)(n) > WEIR_MEMORY_SIZE)) TRAP(OUT_OF_BOUNDS); } while (0)
#endif

// A check is a branch, which a CPU may mispredict and load beyond the memory in the meantime (Spectre, variant 1). With a mask that
// depends on the same comparison as data, such a load stays within it (Linux, array_index_mask_nospec). Measured, and not in an image:
// docs/THREATS.md, "Speculative execution".
#ifdef WEIR_MASKED
INLINE u64 masked(u64 address, u64 n) {
  u64 mask = (address - (WEIR_MEMORY_SIZE - n + 1)) >> 63; // both are less than 2^34: 1 where the address is within
  __asm__("neg %0" : "+r"(mask)); // out of the compiler's sight, which knows what the branch has shown
  return address & mask;
}
#else
#define masked(address, n) (address)
#endif

#define DEFINE_LOAD(name, stored, widened, result)                  \
  INLINE result name##_default32(u64 address) {              \
    CHECK(address, sizeof(stored));                                 \
    stored value;                                                   \
    __builtin_memcpy(&value, &WEIR_MEMORY[masked(address, sizeof(stored))], sizeof(value)); \
    return (result)(widened)value;                                  \
  }
#define DEFINE_STORE(name, stored, given)                           \
  INLINE void name##_default32(u64 address, given wide) {    \
    CHECK(address, sizeof(stored));                                 \
    stored value = (stored)wide;                                    \
    __builtin_memcpy(&WEIR_MEMORY[masked(address, sizeof(stored))], &value, sizeof(value)); \
  }

DEFINE_LOAD(i32_load, u32, u32, u32)
DEFINE_LOAD(i64_load, u64, u64, u64)
DEFINE_LOAD(f32_load, f32, f32, f32)
DEFINE_LOAD(f64_load, f64, f64, f64)
DEFINE_LOAD(i32_load8_s, s8, s32, u32)
DEFINE_LOAD(i64_load8_s, s8, s64, u64)
DEFINE_LOAD(i32_load8_u, u8, u32, u32)
DEFINE_LOAD(i64_load8_u, u8, u64, u64)
DEFINE_LOAD(i32_load16_s, s16, s32, u32)
DEFINE_LOAD(i64_load16_s, s16, s64, u64)
DEFINE_LOAD(i32_load16_u, u16, u32, u32)
DEFINE_LOAD(i64_load16_u, u16, u64, u64)
DEFINE_LOAD(i64_load32_s, s32, s64, u64)
DEFINE_LOAD(i64_load32_u, u32, u64, u64)
DEFINE_STORE(i32_store, u32, u32)
DEFINE_STORE(i64_store, u64, u64)
DEFINE_STORE(f32_store, f32, f32)
DEFINE_STORE(f64_store, f64, f64)
DEFINE_STORE(i32_store8, u8, u32)
DEFINE_STORE(i32_store16, u16, u32)
DEFINE_STORE(i64_store8, u8, u64)
DEFINE_STORE(i64_store16, u16, u64)
DEFINE_STORE(i64_store32, u32, u64)

// Always checked: they are rare, and their lengths are data.
#define CHECK_RANGE(address, n) \
  do { if (UNLIKELY((u64)(address) + (u64)(n) > WEIR_MEMORY_SIZE)) TRAP(OUT_OF_BOUNDS); } while (0)

INLINE void memory_fill(u32 to, u32 value, u32 n) {
  CHECK_RANGE(to, n);
  __builtin_memset(&WEIR_MEMORY[to], (int)(value & 0xff), n);
}
INLINE void memory_copy(u32 to, u32 from, u32 n) {
  CHECK_RANGE(to, n);
  CHECK_RANGE(from, n);
  __builtin_memmove(&WEIR_MEMORY[to], &WEIR_MEMORY[from], n);
}
#define LOAD_DATA(to, from, n)                            \
  do {                                                    \
    CHECK_RANGE(to, n);                                   \
    __builtin_memcpy(&WEIR_MEMORY[to], from, n);          \
  } while (0)

// ---- Integers (4.3.2) ----------------------------------------------------------------------------------------------

#define I32_CLZ(x) ((x) ? (u32)__builtin_clz(x) : 32u)
#define I64_CLZ(x) ((x) ? (u64)__builtin_clzll(x) : 64u)
#define I32_CTZ(x) ((x) ? (u32)__builtin_ctz(x) : 32u)
#define I64_CTZ(x) ((x) ? (u64)__builtin_ctzll(x) : 64u)

// Not __builtin_popcount: without the instruction it would be a call into a library that is not there.
INLINE u64 I64_POPCNT(u64 x) {
  x -= (x >> 1) & 0x5555555555555555u;
  x = (x & 0x3333333333333333u) + ((x >> 2) & 0x3333333333333333u);
  return ((x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu) * 0x0101010101010101u >> 56;
}
#define I32_POPCNT(x) ((u32)I64_POPCNT((u32)(x)))

#define DIV_S(ut, min, x, y)                                        \
  (UNLIKELY((y) == 0)                    ? TRAP(DIVISION_BY_ZERO)   \
   : UNLIKELY((x) == (min) && (y) == -1) ? TRAP(INTEGER_OVERFLOW)   \
                                         : (ut)((x) / (y)))
#define REM_S(ut, min, x, y)                                        \
  (UNLIKELY((y) == 0)                    ? TRAP(DIVISION_BY_ZERO)   \
   : UNLIKELY((x) == (min) && (y) == -1) ? 0                        \
                                         : (ut)((x) % (y)))
#define I32_DIV_S(x, y) DIV_S(u32, INT32_MIN, (s32)(x), (s32)(y))
#define I64_DIV_S(x, y) DIV_S(u64, INT64_MIN, (s64)(x), (s64)(y))
#define I32_REM_S(x, y) REM_S(u32, INT32_MIN, (s32)(x), (s32)(y))
#define I64_REM_S(x, y) REM_S(u64, INT64_MIN, (s64)(x), (s64)(y))
#define DIV_U(x, y) (UNLIKELY((y) == 0) ? TRAP(DIVISION_BY_ZERO) : (x) / (y))
#define REM_U(x, y) (UNLIKELY((y) == 0) ? TRAP(DIVISION_BY_ZERO) : (x) % (y))

#define ROTL(x, y, mask) (((x) << ((y) & (mask))) | ((x) >> (((mask) - (y) + 1) & (mask))))
#define ROTR(x, y, mask) (((x) >> ((y) & (mask))) | ((x) << (((mask) - (y) + 1) & (mask))))
#define I32_ROTL(x, y) ROTL(x, y, 31)
#define I64_ROTL(x, y) ROTL(x, y, 63)
#define I32_ROTR(x, y) ROTR(x, y, 31)
#define I64_ROTR(x, y) ROTR(x, y, 63)

// ---- Floats (4.3.3). The bits of a NaN are not the same on every host (4.3.3, "NaN propagation"): none may reach an
//      output; lib/onboard/text.ts writes null for it ------------------------------------------------------------------

// NaN if either is; -0 counts as less than +0.
#define FMIN(x, y)                                                    \
  (UNLIKELY((x) != (x) || (y) != (y)) ? (x) + (y)                     \
   : UNLIKELY((x) == 0 && (y) == 0)   ? (__builtin_signbit(x) ? (x) : (y)) \
                                      : ((x) < (y) ? (x) : (y)))
#define FMAX(x, y)                                                    \
  (UNLIKELY((x) != (x) || (y) != (y)) ? (x) + (y)                     \
   : UNLIKELY((x) == 0 && (y) == 0)   ? (__builtin_signbit(x) ? (y) : (x)) \
                                      : ((x) > (y) ? (x) : (y)))

#ifndef INFINITY
#define INFINITY __builtin_inff()
#endif
#define copysign __builtin_copysign
#define copysignf __builtin_copysignf
INLINE f64 wasm_fabs(f64 x) { return __builtin_fabs(x); }
INLINE f32 wasm_fabsf(f32 x) { return __builtin_fabsf(x); }
INLINE f64 wasm_sqrt(f64 x) { return __builtin_sqrt(x); } // needs -fno-math-errno, else a library call
INLINE f32 wasm_sqrtf(f32 x) { return __builtin_sqrtf(x); }
INLINE f64 wasm_quiet(f64 x) { return x; } // before demote and promote, which quiet a NaN themselves
INLINE f32 wasm_quietf(f32 x) { return x; }

// Rounding without SSE4.1's roundsd, which plain x86-64 does not have. From `whole` on every float is an integer;
// x + 0 quiets a NaN. The sign survives: floor(-0.0) is -0.0, ceil(-0.5) too.
#define DEFINE_ROUNDING(suffix, type, integer, whole)                                           \
  INLINE type wasm_trunc##suffix(type x) {                                               \
    if (!(__builtin_fabs(x) < (whole))) return x + 0;                                           \
    return (type)__builtin_copysign((type)(integer)x, x);                                       \
  }                                                                                             \
  INLINE type wasm_floor##suffix(type x) {                                               \
    type t = wasm_trunc##suffix(x);                                                             \
    return t > x ? t - 1 : t;                                                                   \
  }                                                                                             \
  INLINE type wasm_ceil##suffix(type x) {                                                \
    type t = wasm_trunc##suffix(x);                                                             \
    return t < x ? (type)__builtin_copysign(t + 1, x) : t;                                      \
  }                                                                                             \
  INLINE type wasm_nearbyint##suffix(type x) { /* to nearest, ties to even */            \
    if (!(__builtin_fabs(x) < (whole))) return x + 0;                                           \
    type up = (type)__builtin_copysign((whole), x);                                             \
    return (type)__builtin_copysign((x + up) - up, x);                                          \
  }
DEFINE_ROUNDING(, f64, s64, 4503599627370496.0)
DEFINE_ROUNDING(f, f32, s32, 8388608.0f)

#define DEFINE_REINTERPRET(name, from, to)        \
  INLINE to name(from x) {                 \
    to result;                                    \
    __builtin_memcpy(&result, &x, sizeof result); \
    return result;                                \
  }
DEFINE_REINTERPRET(f32_reinterpret_i32, u32, f32)
DEFINE_REINTERPRET(i32_reinterpret_f32, f32, u32)
DEFINE_REINTERPRET(f64_reinterpret_i64, u64, f64)
DEFINE_REINTERPRET(i64_reinterpret_f64, f64, u64)

// ---- Float to integer (4.3.3): `low` and `high` are the nearest floats that no longer fit; sat: clamp instead of trap

#define TRUNC(result, signed_, x, fits_low, high)                         \
  (UNLIKELY((x) != (x))                    ? TRAP(INVALID_CONVERSION)     \
   : UNLIKELY(!((fits_low) && (x) < (high))) ? TRAP(INTEGER_OVERFLOW)     \
                                           : (result)(signed_)(x))
#define TRUNC_SAT(result, signed_, x, fits_low, least, high, most)        \
  (UNLIKELY((x) != (x))       ? 0                                         \
   : UNLIKELY(!(fits_low))    ? (result)(least)                           \
   : UNLIKELY(!((x) < (high))) ? (result)(most)                           \
                              : (result)(signed_)(x))

#define I32_TRUNC_S_F32(x) TRUNC(u32, s32, x, (x) >= -2147483648.f, 2147483648.f)
#define I32_TRUNC_S_F64(x) TRUNC(u32, s32, x, (x) > -2147483649., 2147483648.)
#define I64_TRUNC_S_F32(x) TRUNC(u64, s64, x, (x) >= -9223372036854775808.f, 9223372036854775808.f)
#define I64_TRUNC_S_F64(x) TRUNC(u64, s64, x, (x) >= -9223372036854775808., 9223372036854775808.)
#define I32_TRUNC_U_F32(x) TRUNC(u32, u32, x, (x) > -1.f, 4294967296.f)
#define I32_TRUNC_U_F64(x) TRUNC(u32, u32, x, (x) > -1., 4294967296.)
#define I64_TRUNC_U_F32(x) TRUNC(u64, u64, x, (x) > -1.f, 18446744073709551616.f)
#define I64_TRUNC_U_F64(x) TRUNC(u64, u64, x, (x) > -1., 18446744073709551616.)
#define I32_TRUNC_SAT_S_F32(x) \
  TRUNC_SAT(u32, s32, x, (x) >= -2147483648.f, INT32_MIN, 2147483648.f, INT32_MAX)
#define I32_TRUNC_SAT_S_F64(x) TRUNC_SAT(u32, s32, x, (x) > -2147483649., INT32_MIN, 2147483648., INT32_MAX)
#define I64_TRUNC_SAT_S_F32(x) \
  TRUNC_SAT(u64, s64, x, (x) >= -9223372036854775808.f, INT64_MIN, 9223372036854775808.f, INT64_MAX)
#define I64_TRUNC_SAT_S_F64(x) \
  TRUNC_SAT(u64, s64, x, (x) >= -9223372036854775808., INT64_MIN, 9223372036854775808., INT64_MAX)
#define I32_TRUNC_SAT_U_F32(x) TRUNC_SAT(u32, u32, x, (x) > -1.f, 0, 4294967296.f, UINT32_MAX)
#define I32_TRUNC_SAT_U_F64(x) TRUNC_SAT(u32, u32, x, (x) > -1., 0, 4294967296., UINT32_MAX)
#define I64_TRUNC_SAT_U_F32(x) TRUNC_SAT(u64, u64, x, (x) > -1.f, 0, 18446744073709551616.f, UINT64_MAX)
#define I64_TRUNC_SAT_U_F64(x) TRUNC_SAT(u64, u64, x, (x) > -1., 0, 18446744073709551616., UINT64_MAX)

#endif
