// Executes an undefined instruction.
#include "../survived.h"

void user_main(void) {
  __asm__ volatile("ud2");
  survived();
}
