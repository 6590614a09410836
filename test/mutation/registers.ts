/** Register accesses are seen as they are since virtio/transport.h of appliance/runtime/test/hosted has them. */
export const withRegistersSeen = (source: string): string => source;
