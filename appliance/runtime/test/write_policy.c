// REQ-DIODE-015
// Writes to the policy.
#include "survived.h"

void user_main(void) {
  *(volatile uint8_t *)(uintptr_t)weir_info.policy = 0;
  survived();
}
