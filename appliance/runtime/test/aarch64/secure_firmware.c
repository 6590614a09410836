// Calls the firmware by smc, the other of the two ways (firmware.c).
#include "../survived.h"

void user_main(void) {
  register uint64_t x0 __asm__("x0") = 0x84000008; // PSCI SYSTEM_OFF
  __asm__ volatile("smc #0" : "+r"(x0));
  survived();
}
