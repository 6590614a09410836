// REQ-DIODE-007
// Writes to a used ring, which only devices may write.
#include "survived.h"

void user_main(void) {
  *(volatile uint16_t *)&weir_device_rings.in.idx = 1;
  survived();
}
