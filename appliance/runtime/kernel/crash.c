// REQ-IMAGE-018
// What follows a crash of the user part: see kernel.h.
#include "kernel/arch.h"

uint32_t crashed;

void kernel_crash(uint32_t code) {
  network_reset();
  keys_erase();
  if (crashed) stop(crashed);
  crashed = code;
  arch_read_user(); // and write: nothing else of the user part's is written here
  arch_registers(user_crashed.registers);
  arch_user(user_crash, user_crashed.stack + sizeof user_crashed.stack);
}
