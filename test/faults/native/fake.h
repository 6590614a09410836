#ifndef FAKE_H
#define FAKE_H
#include <stdbool.h>
#include <stdint.h>
#include "abi.h"
#include "wasm-rt.h"
typedef uint32_t u32;
#define FAKE_SIZE (2 * WEIR_INPUT_SIZE)
#define FAKE(name)                                                                                                    \
  typedef struct { int nothing; } w2c_##name;                                                                         \
  static _Alignas(8) uint8_t weir_memory_##name[FAKE_SIZE];                                                           \
  enum { WEIR_MEMORY_SIZE_##name = FAKE_SIZE };                                                                       \
  static inline void wasm2c_##name##_instantiate(w2c_##name *m) { (void)m; }                                          \
  static inline u32 w2c_##name##_abi(w2c_##name *m) { (void)m; return WEIR_ABI_VERSION; }                             \
  static inline u32 w2c_##name##_inputAt(w2c_##name *m) { (void)m; return 64; }                                       \
  static inline u32 w2c_##name##_inputSize(w2c_##name *m) { (void)m; return WEIR_INPUT_SIZE; }                        \
  static inline u32 w2c_##name##_configure(w2c_##name *m, u32 n) { (void)m, (void)n; return 0; }                      \
  static inline u32 w2c_##name##_run(w2c_##name *m, u32 from, u32 to) { (void)m, (void)from; return to; }             \
  static inline u32 w2c_##name##_eventsAt(w2c_##name *m) { (void)m; return 0; }                                       \
  static inline u32 w2c_##name##_eventsLength(w2c_##name *m) { (void)m; return 0; }                                   \
  static inline u32 w2c_##name##_framesAt(w2c_##name *m) { (void)m; return 0; }                                       \
  static inline u32 w2c_##name##_framesLength(w2c_##name *m) { (void)m; return 0; }                                   \
  static inline u32 w2c_##name##_verdictsAt(w2c_##name *m) { (void)m; return 0; }                                     \
  static inline u32 w2c_##name##_verdictsLength(w2c_##name *m) { (void)m; return 0; }                                 \
  static inline u32 w2c_##name##_measuresAt(w2c_##name *m) { (void)m; return 0; }                                     \
  static inline u32 w2c_##name##_measuresLength(w2c_##name *m) { (void)m; return 0; }                                 \
  static inline u32 w2c_##name##_countersAt(w2c_##name *m) { (void)m; return 0; }                                     \
  static inline uint64_t w2c_##name##_spare(w2c_##name *m, u32 n) { (void)m, (void)n; return 0; }                      \
  static inline void w2c_##name##_key(w2c_##name *m, uint64_t a, uint64_t b) { (void)m, (void)a, (void)b; }            \
  static inline uint64_t w2c_##name##_tick(w2c_##name *m) { (void)m; return 0; }
#endif
