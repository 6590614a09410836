// REQ-DIODE-007
// Aims a receive buffer at other memory.
#include "survived.h"

void user_main(void) {
  *(volatile uint64_t *)&weir_receive_table[0].addr = 0x100000;
  survived();
}
