// Addresses on QEMU's virt.
#define DEVICE_REGISTER 0x0a003e00 // of the first NIC
#define UNUSED_MEMORY 0x400ff000   // between the rings and the image
