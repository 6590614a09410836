// REQ-DIODE-006
// Rings the doorbell of a NIC that there is not.
#include "survived.h"

void user_main(void) {
  weir_call(WEIR_NOTIFY, ROLES);
  survived();
}
