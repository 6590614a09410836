// Takes the place of what wasm2c writes: a compartment that accepts everything. What is tested is what it is given.
#ifndef FAKE_guard
#define FAKE_guard
#include "fake.h"
FAKE(guard)
#endif
