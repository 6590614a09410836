// An input as a list of items, so that mutation works on what comes on `in` and not on the file that lists it:
//
//   0  u8 which of the policies
//   1  items, one behind the other: u8 what, u8 how much later, u16 length (little-endian), bytes
//
// A cut last item ends the list.
#ifndef FUZZ_ITEMS_H
#define FUZZ_ITEMS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#pragma clang attribute push(__attribute__((no_sanitize("coverage"))), apply_to = function)

#define MOST_ITEMS 48
struct item { uint8_t what, later; uint16_t length; const uint8_t *bytes; };

static uint32_t items_read(const uint8_t *data, size_t size, struct item items[MOST_ITEMS]) {
  uint32_t n = 0;
  for (size_t at = 1; n < MOST_ITEMS && at + 4 <= size; n++) {
    struct item *i = &items[n];
    *i = (struct item){data[at], data[at + 1], (uint16_t)(data[at + 2] | data[at + 3] << 8), data + at + 4};
    if (i->length > size - at - 4) i->length = (uint16_t)(size - at - 4);
    at += 4u + i->length;
  }
  return n;
}

static size_t items_write(uint8_t *data, size_t most, uint8_t policy, const struct item *items, uint32_t n) {
  if (!most) return 0;
  size_t at = 0;
  data[at++] = policy;
  for (uint32_t k = 0; k < n && at + 4 + items[k].length <= most; k++) {
    data[at] = items[k].what, data[at + 1] = items[k].later;
    data[at + 2] = (uint8_t)items[k].length, data[at + 3] = (uint8_t)(items[k].length >> 8);
    memcpy(data + at + 4, items[k].bytes, items[k].length);
    at += 4u + items[k].length;
  }
  return at;
}

/** How much later, ns: 0, then steps from 100 ns to a day, and some back. */
static int64_t later(uint8_t code) {
  static const int64_t steps[16] = {0, 100, 1000, 20000, 500000, 5000000, 40000000, 250000000, 1000000000, 3000000000, 30000000000,
    600000000000, 3600000000000, 86400000000000, -1000000, -5000000000};
  return steps[code & 15] * (1 + (code >> 4));
}

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);

static uint32_t dice(uint64_t *state, uint32_t n) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(*state >> 33) % n;
}

#define MOST_INPUT 32768
static uint8_t changed_item[4096], copy[MOST_INPUT];

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed) {
  struct item items[MOST_ITEMS + 1];
  uint64_t state = seed;
  if (most > MOST_INPUT) most = MOST_INPUT;
  if (size > most) size = most;
  memcpy(copy, data, size);
  uint32_t n = size ? items_read(copy, size, items) : 0;
  if (!n) return LLVMFuzzerMutate(data, size, most);
  uint8_t policy = copy[0];
  for (uint32_t rounds = 1 + dice(&state, 3); rounds--;) {
    const uint32_t at = dice(&state, n), other = dice(&state, n);
    struct item moved;
    switch (dice(&state, 12)) {
      case 0: // again
        if (n == MOST_ITEMS) break;
        memmove(items + at + 1, items + at, (n++ - at) * sizeof *items);
        break;
      case 1: // not at all
        if (n > 1) memmove(items + at, items + at + 1, (--n - at) * sizeof *items);
        break;
      case 2: moved = items[at], items[at] = items[other], items[other] = moved; break;
      case 3: items[at].later = (uint8_t)dice(&state, 256); break;
      case 4: items[at].what ^= (uint8_t)(1u << dice(&state, 8)); break;
      case 5: if (dice(&state, 4)) break; policy = (uint8_t)dice(&state, 256); break;
      case 6: if (dice(&state, 3)) break; items[at].length = (uint16_t)dice(&state, items[at].length + 1u); break;
      default: {
        if (items[at].length > sizeof changed_item / 2) items[at].length = sizeof changed_item / 2;
        memcpy(changed_item, items[at].bytes, items[at].length);
        const size_t now = LLVMFuzzerMutate(changed_item, items[at].length, dice(&state, 3) ? items[at].length + !items[at].length : sizeof changed_item / 2);
        items[at].bytes = changed_item;
        items[at].length = (uint16_t)now;
        rounds = 0; // the buffer is taken
      }
    }
  }
  return items_write(data, most, policy, items, n);
}

/** Items of both, in turns. */
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t na, const uint8_t *b, size_t nb, uint8_t *to, size_t most, unsigned seed) {
  struct item of[2][MOST_ITEMS], items[MOST_ITEMS];
  uint64_t state = seed;
  uint32_t n[2] = {na ? items_read(a, na, of[0]) : 0, nb ? items_read(b, nb, of[1]) : 0}, at[2] = {0, 0}, all = 0;
  while (all < MOST_ITEMS && (at[0] < n[0] || at[1] < n[1])) {
    const uint32_t from = dice(&state, 2);
    for (uint32_t run = 1 + dice(&state, 4); run-- && at[from] < n[from] && all < MOST_ITEMS; at[from]++)
      if (dice(&state, 3)) items[all++] = of[from][at[from]];
  }
  return items_write(to, most, na ? *a : 0, items, all);
}

#pragma clang attribute pop
#endif
