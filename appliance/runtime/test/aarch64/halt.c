// Halts, which only the kernel part may do.
#include "../survived.h"

void user_main(void) {
  __asm__ volatile("wfi");
  survived();
}
