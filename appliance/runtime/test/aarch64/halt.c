// Halts, which is the kernel part's to do.
#include "../survived.h"

void user_main(void) {
  __asm__ volatile("wfi");
  survived();
}
