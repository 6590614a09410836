// Takes the place of arch/<cpu>/user.h where the user part runs as a program of the build machine.
#ifndef WEIR_USER_H
#define WEIR_USER_H

#include "kernel/kernel.h"

void weir_call(enum weir_call call, uint64_t argument);
uint64_t weir_ticks(void);

#endif
