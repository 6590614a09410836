// Writes to constants.
#include "survived.h"

static const uint8_t constant[] = {0};

void user_main(void) {
  *(volatile uint8_t *)(uintptr_t)constant = 1;
  survived();
}
