// Sets the timer.
#include "../survived.h"

void user_main(void) {
  __asm__ volatile("msr cntv_ctl_el0, %0" : : "r"(1ull));
  survived();
}
