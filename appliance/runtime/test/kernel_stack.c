// Writes to the kernel part's stack.
#include "survived.h"

extern uint8_t kernel_stack[];

void user_main(void) {
  *(volatile uint8_t *)kernel_stack = 0;
  survived();
}
