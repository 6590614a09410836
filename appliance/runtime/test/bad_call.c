// Makes a call that there is not.
#include "survived.h"

void user_main(void) {
  weir_call((enum weir_call)99, 0);
  survived();
}
