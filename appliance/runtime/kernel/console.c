// One line for each way it can end before the user part has a say.
#include "kernel/arch.h"

void put(const char *text) {
  while (*text) arch_put(*text++);
}

static void put_digits(uint64_t value, int digits) {
  while (digits--) arch_put("0123456789abcdef"[value >> 4 * digits & 15]);
}

void put_hex(uint64_t value) {
  int digits = 1;
  while (digits < 16 && value >> 4 * digits) digits++;
  put("0x");
  put_digits(value, digits);
}

void put_bytes(const volatile uint8_t *bytes, int count) {
  for (int i = 0; i < count; i++) {
    if (i) arch_put(':');
    put_digits(bytes[i], 2);
  }
}

void refuse(enum weir_exit code, const char *why) {
  put("weir: refused: ");
  put(why);
  put("\n");
  arch_exit(code);
}

void stop(uint32_t code) {
  network_reset();
  keys_erase();
  arch_exit(code);
}
