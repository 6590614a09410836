// REQ-IMAGE-007
// Reads through a null pointer.
#include "survived.h"

void user_main(void) {
  uint8_t *volatile null = 0;
  (void)*(volatile uint8_t *)null;
  survived();
}
