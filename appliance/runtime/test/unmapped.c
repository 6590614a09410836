// Reads memory that the image does not use.
#include "survived.h"

void user_main(void) {
  (void)*(volatile uint8_t *)UNUSED_MEMORY;
  survived();
}
