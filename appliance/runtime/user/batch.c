// REQ-DIODE-018, REQ-IMAGE-011
// Records on their way to inspect and guard: laid out twice, once in each one's input (abi.ts, "A record"). A frame lies in memory
// that its device can change at any moment, so it is copied out of there once, for guard; inspect is given a copy of guard's copy. So
// both judge the same bytes, and guard's do not pass through inspect's memory.
#include "user/runtime.h"

struct batch batch;

bool batch_fits(uint32_t n) { return batch.count < WEIR_VERDICTS && n <= WEIR_INPUT_SIZE - batch.used; }

void batch_write(uint32_t at, const void *bytes, uint32_t n) {
  memcpy(compartment_input(GUARD) + at, bytes, n);
  memcpy(compartment_input(INSPECT) + at, compartment_input(GUARD) + at, n);
}

void batch_close(uint32_t size) {
  recorder_take(compartment_input(GUARD) + batch.used, size);
  batch.used += size;
  batch.starts[++batch.count] = batch.used;
}

void batch_record(enum weir_record_kind kind, uint64_t time, const void *bytes, uint32_t length) {
  const struct weir_record header = {
    .time = time, .number = batch.number += kind == WEIR_RECORD_FRAME, .captured = length, .original = length,
    .link = kind == WEIR_RECORD_FRAME ? WEIR_LINK_ETHERNET : 0, .kind = (uint8_t)kind};
  const uint32_t padded = weir_align8(length);
  uint8_t *to = compartment_input(GUARD) + batch.used;
  __builtin_memcpy(to, &header, sizeof header); // so short that a call of memcpy() would be most of it
  if (padded) __builtin_memset(to + sizeof header + padded - 8, 0, 8); // and the bytes over it
  memcpy(to + sizeof header, bytes, length);
  memcpy(compartment_input(INSPECT) + batch.used, to, sizeof header + padded);
  batch_close(sizeof header + padded);
}

void batch_clear(uint32_t rest) {
  for (enum compartment which = INSPECT; which <= GUARD; which++)
    memmove(compartment_input(which), compartment_input(which) + batch.used, rest);
  batch.used = batch.count = 0;
}
