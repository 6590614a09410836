// Writes to an I/O port.
#include "../survived.h"

void user_main(void) {
  __asm__ volatile("outb %%al, $0xf4" : : "a"(1));
  survived();
}
