// Executes data.
#include "survived.h"

static uint8_t code[] __attribute__((aligned(16))) = {0xc3};

void user_main(void) {
  ((void (*)(void))(uintptr_t)code)();
  survived();
}
