// REQ-DIODE-006
// Rings the doorbell of an unknown NIC.
#include "survived.h"

void user_main(void) {
  weir_call(WEIR_NOTIFY, ROLES);
  survived();
}
