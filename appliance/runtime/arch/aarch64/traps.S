// Ways into the kernel part and out of it (Arm ARM, D1.3.1, "Exception vectors"). One returns: a call of the user part.
#define FRAME 272 // struct trap_frame of cpu.c

  .macro vector to, whence=0
  .balign 128
  .if \whence
  mov w3, #\whence
  .endif
  b \to
  .endm

  .macro frame move
  .irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
  \move x\r, [sp, #8 * \r]
  .endr
  .endm

  .section .text.vectors, "ax"
  .balign 2048
  .globl vectors
vectors:
  .rept 8
  vector broken, 1 // the kernel part's own
  .endr
  vector from_user
  .rept 7
  vector broken, 2 // interrupts, which are never taken (gic.c); bus errors; what a 32-bit program does
  .endr

broken:
  adrp x0, last_stack_end // the kernel's own stack may be the trouble
  add sp, x0, :lo12:last_stack_end
  mrs x0, esr_el1
  mrs x1, elr_el1
  mrs x2, far_el1
  b cpu_broken

from_user:
  sub sp, sp, #FRAME
  frame str
  mrs x0, elr_el1
  mrs x1, esr_el1
  stp x0, x1, [sp, #248]
  mrs x0, far_el1
  str x0, [sp, #264]
  mov x0, sp
  mov x29, #0
  bl trap
  frame ldr
  add sp, sp, #FRAME
  eret

// enter_user(entry, stack end): EL0, interrupts masked, bus errors not, nothing of the kernel's in a register.
  .text
  .arch_extension simd
  .globl enter_user
enter_user:
  msr elr_el1, x0
  msr sp_el0, x1
  mov x0, #0x2c0
  msr spsr_el1, x0
  adrp x0, kernel_stack_end
  add sp, x0, :lo12:kernel_stack_end
  msr fpcr, xzr // rounds to nearest, keeps small numbers: as WebAssembly has it
  msr fpsr, xzr
  .irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
  mov x\r, #0
  movi v\r\().2d, #0
  .endr
  movi v31.2d, #0
  eret

  .section .bss.boot, "aw", @nobits
  .balign 16
  .skip 2048
last_stack_end:
