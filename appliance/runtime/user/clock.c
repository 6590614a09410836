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

// Seconds since 1970 at a date in UTC, as 2026-3-2-9-0-30: a disk's loader reads it from the machine's clock. 0 when it is none.
// Days by years that begin with March (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil).
static uint64_t date(const char *text) {
  static const uint16_t least[6] = {1970, 1, 1, 0, 0, 0}, most[6] = {2399, 12, 31, 23, 59, 60};
  uint64_t field[6];
  for (unsigned n = 0; n < 6; n++) {
    field[n] = decimal(text);
    if (field[n] < least[n] || field[n] > most[n]) return 0;
    while (*text >= '0' && *text <= '9') text++;
    if (*text == '-') text++;
  }
  const uint64_t year = field[0] - (field[1] < 3), month = (field[1] + 9) % 12;
  const uint64_t days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + field[2] - 719469;
  return ((days * 24 + field[3]) * 60 + field[4]) * 60 + field[5];
}

// A disk's command line is always the same but for its date, which then is the number of this start, too.
void clock_start(void) {
  const char *since = option("epoch="), *from = option("clock="), *boot = option("boot="), *day = option("date=");
  const uint64_t seconds = day ? date(day) : 0;
  epoch = since ? decimal(since) : seconds * 1000000000;
  boot_number = boot ? decimal(boot) : seconds * 1000;
  replaying = from && from[0] == 'f'; // frames
  multiplier = (1000000000ull << 32) / weir_info.ticks_per_second;
}

uint64_t clock_now(void) {
  return epoch + (uint64_t)((unsigned __int128)(weir_ticks() - weir_info.entry_ticks) * multiplier >> 32);
}
