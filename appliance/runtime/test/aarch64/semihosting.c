// Asks the emulator for a file of its host.
#include "../survived.h"

void user_main(void) {
  register uint64_t w0 __asm__("x0") = 1; // SYS_OPEN
  register const void *x1 __asm__("x1") = (uint64_t[]){0, 0, 0};
  __asm__ volatile("hlt #0xf000" : "+r"(w0) : "r"(x1) : "memory");
  survived();
}
