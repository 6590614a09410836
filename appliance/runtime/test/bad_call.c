// Makes an undefined system call.
#include "survived.h"

void user_main(void) {
  weir_call((enum weir_call)99, 0);
  survived();
}
