// Lets interrupts through, which only the kernel part may do, in an emulated or a virtual machine too.
#include "../survived.h"

void user_main(void) {
  __asm__ volatile("msr daifclr, #2");
  survived();
}
