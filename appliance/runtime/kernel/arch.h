// What the kernel part needs from arch/<cpu>, and what that calls. The same for every CPU.
#ifndef WEIR_ARCH_H
#define WEIR_ARCH_H

#include <stdbool.h>
#include <stdint.h>
#include "kernel/kernel.h"

// ---- Given by arch/<cpu> --------------------------------------------------------------------------------------------

struct arch_boot; // what the loader hands over
const char *arch_command_line(const struct arch_boot *boot);
uint64_t arch_memory(const struct arch_boot *boot);
bool arch_is_memory(const struct arch_boot *boot, uint64_t from, uint64_t to);

// The counter's frequency in Hz and, in `how`, where it is from; 0 when there is no way to know.
uint64_t arch_clock(char how[16]);

enum arch_rights { KERNEL_TEXT, KERNEL_READ, KERNEL_WRITE, KERNEL_DEVICE, USER_TEXT, USER_READ, USER_WRITE };
#define PAGE 4096ull
// Maps the pages of [from, to) to memory from `physical` on. What was never mapped cannot be reached once arch_protect() was called.
void arch_map(uint64_t from, uint64_t to, uint64_t physical, enum arch_rights rights);
void arch_protect(void); // and again whenever what is mapped has changed
// Device registers may only be in these addresses.
bool arch_may_be_device(uint64_t base);

// Where a device's registers are, and what it interrupts by: virtio/transport.h uses them.
struct transport {
  uint64_t base;    // virtio-mmio: all of them; virtio-pci: the common configuration
  uint64_t config;  // the configuration that is the device's own: its MAC address
  uint64_t bell;    // its queue's doorbell; virtio-pci: the first of all queues', until transport_queue()
  uint32_t line;    // virtio-mmio: the interrupt line
  // virtio-pci alone
  uint32_t pci;     // its function, as the configuration's address port takes it; 0: this is virtio-mmio
  uint32_t id;      // which kind of virtio device it is
  uint32_t bell_size, bell_step; // bytes of doorbells that are mapped; from one queue's to the next
  uint32_t msix;    // where in its configuration the interrupts' switch is
  uint64_t vectors; // its table of interrupts
};
// The n-th transport that the machine describes, other than on the command line; false when there are no more. Asked in order.
bool arch_device(uint32_t n, struct transport *t);
// Lets a device reach memory, where it cannot from the beginning.
void arch_enable(const struct transport *t);

// Lets the interrupts of `in` end arch_idle(), from arch_protect() on. nics: of each role.
void arch_interrupts(const struct transport *nics);
void arch_idle(uint64_t nanoseconds);
// Whether a timer of a millisecond interrupts, so that arch_idle() ends. Never waits longer than a second.
bool arch_timer_works(void);

void arch_put(char c);
// Lets kernel code read user pages until the next trap or call ends.
void arch_read_user(void);
_Noreturn void arch_exit(uint32_t code);
_Noreturn void arch_user(void (*entry)(void), char *stack_end);
// The registers that the user part had at its last trap or call, in the order of WEIR_REGISTERS (arch/<cpu>/user.h): first
// the program counter (of the instruction, not behind it), then the stack pointer.
void arch_registers(uint64_t *to);

// ---- Given by kernel/ to arch/<cpu> -----------------------------------------------------------------------------------

_Noreturn void kernel_start(const struct arch_boot *boot);
void kernel_call(uint64_t call, uint64_t argument);
void network_interrupt(void);

// A trap that nothing answers: one line on the console, and the end. `fault` tells what to call it.
struct fault {
  const char *what;
  uint64_t pc, address;     // address: of a page fault, else 0
  uint32_t code;            // the exit code; 0 for a page fault: its code follows from the rest
  bool user, present, write, execute;
  bool bounds;              // the instruction with which a compartment's bounds check ends (wasm/wasm-ops.h)
};
_Noreturn void kernel_fault(const struct fault *fault);

// A device register. The compiler must not see how the address was made: it would step a pointer along with an access,
// and hypervisors on Arm can emulate only accesses that do nothing else (Arm ARM, ESR_EL2.ISV).
#define REGISTER(address) ({ \
  uint64_t register_ = (address); \
  __asm__ volatile("" : "+r"(register_)); \
  (volatile uint32_t *)register_; \
})

// ---- Between the files of kernel/ ---------------------------------------------------------------------------------------

void put(const char *text);
void put_hex(uint64_t value);
void put_bytes(const volatile uint8_t *bytes, int count); // 52:54:00:77:00:01
const volatile uint8_t *mac_of(enum weir_role role); // by the manifest
_Noreturn void refuse(enum weir_exit code, const char *why); // before any device was started
_Noreturn void stop(uint32_t code); // resets all devices, exits
extern uint32_t crashed; // the exit code of what the user part is telling about; 0: no crash
_Noreturn void kernel_crash(uint32_t code); // resets all devices, lets the user part tell, exits
void network_find(const char *command_line); // and maps their registers
void network_start(void);
void network_reset(void);
void network_notify(enum weir_role role);
void memory_start(const struct arch_boot *boot);
uint64_t ring_address(const volatile void *place); // of a place in the pages of the rings: where it is in the machine's memory
_Noreturn void user_start(void);
void keys_erase(void); // of the policy's container; what is erased already stays so

#endif
