// REQ-IMAGE-013
#include "user/runtime.h"

bool replaying;
uint64_t boot_number;
static uint64_t epoch;      // nanoseconds since 1970 at the image's first instruction
static uint64_t multiplier; // nanoseconds per tick, times 2^32

const char *option(const char *key) {
  for (const char *at = weir_info.command_line; *at; at++) {
    if (at != weir_info.command_line && at[-1] != ' ') continue;
    const char *k = key, *value = at;
    while (*k && *k == *value) k++, value++;
    if (!*k) return value;
  }
  return 0;
}

uint64_t decimal(const char *digits) {
  uint64_t value = 0;
  for (; *digits >= '0' && *digits <= '9'; digits++) value = value * 10 + (uint64_t)(*digits - '0');
  return value;
}

void clock_start(void) {
  const char *since = option("epoch="), *from = option("clock="), *boot = option("boot=");
  epoch = since ? decimal(since) : 0;
  boot_number = boot ? decimal(boot) : 0;
  replaying = from && from[0] == 'f'; // frames
  multiplier = (1000000000ull << 32) / weir_info.ticks_per_second;
}

uint64_t clock_now(void) {
  return epoch + (uint64_t)((unsigned __int128)(weir_ticks() - weir_info.entry_ticks) * multiplier >> 32);
}
