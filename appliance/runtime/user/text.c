#include "user/runtime.h"

static uint32_t used;

void say_flush(void) {
  if (used) weir_call(WEIR_PRINT, used);
  used = 0;
}

static void put(char c);
void say_fresh(void) {
  if (used) put('\n');
  say_flush();
}

static void put(char c) {
  weir_console[used++] = c;
  if (used == sizeof weir_console) say_flush();
}

void say(const char *text) {
  while (*text) put(*text++);
}

void say_bytes(const uint8_t *bytes, uint32_t length) {
  for (uint32_t i = 0; i < length; i++) put(bytes[i] >= 0x20 && bytes[i] < 0x7f ? (char)bytes[i] : '?');
}

void say_number(uint64_t value) {
  char digits[20];
  int n = 0;
  do digits[n++] = (char)('0' + value % 10); while (value /= 10);
  while (n) put(digits[--n]);
}

void say_hex(uint64_t value, int digits) {
  while (digits < 16 && value >> 4 * digits) digits++;
  while (digits--) put("0123456789abcdef"[value >> 4 * digits & 15]);
}

void say_mac(const uint8_t mac[6]) {
  for (int i = 0; i < 6; i++) {
    if (i) put(':');
    put("0123456789abcdef"[mac[i] >> 4]);
    put("0123456789abcdef"[mac[i] & 15]);
  }
}

void end(enum weir_exit code, const char *state, const char *what, const char *why) {
  say("weir: ");
  say(state);
  say(": ");
  say(what);
  say(why);
  say("\n");
  say_flush();
  weir_call(WEIR_EXIT, code);
  __builtin_unreachable();
}
