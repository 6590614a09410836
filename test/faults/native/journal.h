// Takes the place of what wasm2c writes: a compartment that accepts everything. What is tested is what it is given.
#ifndef FAKE_journal
#define FAKE_journal
#include "fake.h"
FAKE(journal)
#endif
