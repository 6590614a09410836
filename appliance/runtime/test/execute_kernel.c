// Jumps into the kernel part.
#include "survived.h"

extern void kernel_start(void);

void user_main(void) {
  ((void (*)(void))(uintptr_t)kernel_start)();
  survived();
}
