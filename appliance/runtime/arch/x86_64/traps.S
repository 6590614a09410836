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

1:
  .irp r, rax, rcx, rdx, rbx, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15
  pushq %\r
  .endr
  pushq $2 // the user part's flags are not the kernel's: direction, alignment check (it would switch SMAP off)
  popfq
  movq %rsp, %rdi
  call trap
  .irp r, r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax
  popq %\r
  .endr
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
  .irp r, eax, ecx, edx, ebx, ebp, esi, edi, r8d, r9d, r10d, r11d, r12d, r13d, r14d, r15d
  xorl %\r, %\r
  .endr
  iretq
