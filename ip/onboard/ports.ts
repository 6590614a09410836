// What the number of a port says of who has it.

/** Ports below it are of services (RFC 6335 section 6); no host picks one for itself. */
export const SYSTEM: u32 = 1024;
const EPHEMERAL: u32 = 32768; // where Linux begins; others do at 49152

/** How likely it is a server's: the lower, the likelier. */
export function rank(port: u32): u32 {
  if (port < SYSTEM) return 0;
  return port < EPHEMERAL || isAssigned(port) ? 1 : 2;
}

/** Services of plants that are assigned ports that clients may pick: PROFINET, EtherCAT, EtherNet/IP, BACnet, ADS. */
function isAssigned(port: u32): bool {
  return (port >= 34962 && port <= 34964) || port == 34980 || port == 44818 || port == 47808 || port == 48898;
}
