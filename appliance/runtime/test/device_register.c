// REQ-DIODE-006
// Rings a doorbell itself.
#include "survived.h"

void user_main(void) {
  *(volatile uint32_t *)(DEVICE_REGISTER + MMIO_QUEUE_NOTIFY) = 0;
  survived();
}
