// Reads the kernel part's memory.
#include "survived.h"

extern uint8_t kernel_data[];

void user_main(void) {
  (void)*(volatile uint8_t *)kernel_data;
  survived();
}
