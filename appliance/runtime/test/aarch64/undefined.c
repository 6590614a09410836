// Executes an undefined instruction.
#include "../survived.h"

void user_main(void) {
  __asm__ volatile("udf #0");
  survived();
}
