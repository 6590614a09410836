// Writes to the page tables.
#include "survived.h"

extern uint8_t low_kernel[];

void user_main(void) {
  *(volatile uint64_t *)low_kernel = 0;
  survived();
}
