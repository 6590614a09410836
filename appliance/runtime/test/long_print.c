// Has more printed than the console page holds.
#include "survived.h"

void user_main(void) {
  weir_call(WEIR_PRINT, sizeof weir_console + 1);
  survived();
}
