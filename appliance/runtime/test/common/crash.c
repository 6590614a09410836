// Of programs that take the user part's place: what there is to tell of a crash, the kernel part has told.
#include "kernel/kernel.h"
#include "user.h"

struct user_crashed user_crashed;

void user_crash(void) {
  weir_call(WEIR_EXIT, 0);
  __builtin_unreachable();
}
