// Gives itself other page tables.
#include "../survived.h"

void user_main(void) {
  __asm__ volatile("msr ttbr0_el1, %0" : : "r"(&weir_send_buffer));
  survived();
}
