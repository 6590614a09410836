// Sizes of the IP detectors' tables, powers of two. All of their memory, 868 KiB:
//
//   hosts   1,024 x 160 = 160 KiB    talks  2,048 x 112 = 224 KiB    (operation; learning uses the first 512 and 1,024)
//   area                  368 KiB    learning: what is learned of each host and talk; operation: what was learned
//   domains   256 x 128 =  32 KiB    echoes   128 x 232 =  29 KiB
//   bindings  256 x 64  =  16 KiB    stations 128 x 208 =  26 KiB    and 13 KiB of questions, known beacons and tunnels

export const HOSTS: u32 = 1024;
export const TALKS: u32 = 2048;
export const LEARNED_HOSTS: u32 = 512; // followed while learning
export const LEARNED_TALKS: u32 = 1024;
export const KNOWN_HOSTS: u32 = 1024; // that a baseline can hold, over all of its sections
export const KNOWN_TALKS: u32 = 1536;
export const DOMAINS: u32 = 256; // (client, registered domain)
export const ECHOES: u32 = 128; // (client, server) that ping
export const BINDINGS: u32 = 256; // (VLAN, IPv4 address) that ARP spoke of
export const STATIONS: u32 = 128; // MAC addresses that sent ARP
