// For programs that take the user part's place: the kernel part has already told all that there is of a crash.
#include "kernel/kernel.h"
#include "user.h"

struct user_crashed user_crashed;

void user_crash(void) {
  weir_call(WEIR_EXIT, 0);
  __builtin_unreachable();
}
