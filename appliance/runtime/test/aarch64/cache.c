// Writes a cache line back, which tells of others' use of it.
#include "../survived.h"

void user_main(void) {
  __asm__ volatile("dc civac, %0" : : "r"(&weir_send_buffer));
  survived();
}
