// Rings a doorbell itself.
#include "survived.h"

void user_main(void) {
  *(volatile uint32_t *)(0xfeb00e00 + MMIO_QUEUE_NOTIFY) = 0;
  survived();
}
