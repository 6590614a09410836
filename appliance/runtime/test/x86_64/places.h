// Addresses on QEMU's microvm with 4 MiB.
#define DEVICE_REGISTER 0xfeb00e00 // of the first NIC
#define UNUSED_MEMORY 0x3ff000
