// Takes the place of what wasm2c writes: a compartment that accepts everything. What is tested is what it is given.
#ifndef FAKE_inspect
#define FAKE_inspect
#include "fake.h"
FAKE(inspect)
#endif
