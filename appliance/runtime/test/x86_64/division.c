// Divides by zero.
#include "../survived.h"

void user_main(void) {
  volatile uint32_t zero = 0;
  zero = 100 / zero;
  survived();
}
