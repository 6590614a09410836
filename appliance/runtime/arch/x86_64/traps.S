// Ways into the kernel part and out of it. One stub of 16 bytes for each vector, so the table of them is arithmetic.
#define VECTORS 48           // as in cpu.c
#define WITH_CODE 0x60227d00 // vectors for which the CPU pushes an error code (Intel SDM 3A, table 6-1)

  .text
  .balign 16
  .globl trap_stubs
trap_stubs:
  .set vector, 0
  .rept VECTORS
  .balign 16
  .if vector > 31 || !((WITH_CODE >> vector) & 1)
  pushq $0
  .endif
  pushq $vector
  jmp 1f
  .set vector, vector + 1
  .endr

1: pushq %rax
  pushq %rcx
  pushq %rdx
  pushq %rbx
  pushq %rbp
  pushq %rsi
  pushq %rdi
  pushq %r8
  pushq %r9
  pushq %r10
  pushq %r11
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  pushq $2 // the user part's flags are not the kernel's: direction, alignment check (it would switch SMAP off)
  popfq
  movq %rsp, %rdi
  call trap
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %r11
  popq %r10
  popq %r9
  popq %r8
  popq %rdi
  popq %rsi
  popq %rbp
  popq %rbx
  popq %rdx
  popq %rcx
  popq %rax
  addq $16, %rsp
  iretq

// enter_user(entry, stack end): ring 3, interrupts off, nothing of the kernel's in a register.
  .globl enter_user
enter_user:
  pushq $0x1b
  subq $8, %rsi // as after a call
  pushq %rsi
  pushq $2
  pushq $0x23
  pushq %rdi
  xorl %eax, %eax
  xorl %ecx, %ecx
  xorl %edx, %edx
  xorl %ebx, %ebx
  xorl %ebp, %ebp
  xorl %esi, %esi
  xorl %edi, %edi
  xorl %r8d, %r8d
  xorl %r9d, %r9d
  xorl %r10d, %r10d
  xorl %r11d, %r11d
  xorl %r12d, %r12d
  xorl %r13d, %r13d
  xorl %r14d, %r14d
  xorl %r15d, %r15d
  iretq
