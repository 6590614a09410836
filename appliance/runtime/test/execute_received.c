// Executes what a device may have written.
#include "survived.h"

void user_main(void) {
  ((void (*)(void))(uintptr_t)weir_receive_buffer)();
  survived();
}
