// REQ-IMAGE-007
// Recurses without end.
#include "survived.h"

static __attribute__((noinline)) uint64_t recurse(volatile uint64_t n) {
  return n == UINT64_MAX ? 0 : n + recurse(n + 1) + n;
}

void user_main(void) {
  recurse(0);
  survived();
}
