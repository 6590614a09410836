// Calls the firmware, which would switch the machine off.
#include "../survived.h"

void user_main(void) {
  register uint64_t x0 __asm__("x0") = 0x84000008; // PSCI SYSTEM_OFF
  __asm__ volatile("hvc #0" : "+r"(x0));
  survived();
}
