// Executes its stack.
#include "survived.h"

void user_main(void) {
  volatile uint8_t code[] __attribute__((aligned(16))) = {0xc3};
  ((void (*)(void))(uintptr_t)code)();
  survived();
}
