// What alerts of the ARP and the ND detector say.
import { Text, decimal, lit, mac } from "../../../lib/onboard/text";
import { Finding } from "../../onboard/finding";

export const enum What {
  MOVED = 1,
  MASQUERADE = 2,
  FOREIGN = 3,
  UNSOLICITED = 4,
  STORM = 5,
  CLAIMS = 6,
  SWEEP = 7,
  ROUTER = 8,
}

export function expected(t: Text, f: Finding): void {
  switch (f.what) {
    case What.MOVED:
      lit(t, "the address at ");
      mac(t, <u64>f.b);
      if (f.c != 0) lit(t, ", or one move to another MAC address");
      return;
    case What.MASQUERADE:
      lit(t, "packets of this address from ");
      mac(t, <u64>f.b);
      return;
    case What.ROUTER:
      lit(t, "packets of hosts behind the router from ");
      mac(t, <u64>f.b);
      return;
    case What.FOREIGN:
      lit(t, "the sender of the frame as the sender of the ARP message");
      return;
    default:
      lit(t, "of one MAC address at most ");
      decimal(t, f.d, 1);
      lit(
        t,
        f.what == What.UNSOLICITED
          ? " answers that nobody asked for"
          : f.what == What.STORM
            ? " announcements of addresses"
            : f.what == What.CLAIMS
              ? " addresses that it says are its own in 10 minutes, unasked"
              : " addresses asked for in a minute that do not answer",
      );
  }
}

export function seen(t: Text, f: Finding): void {
  mac(t, <u64>f.a);
  switch (f.what) {
    case What.MOVED:
      lit(t, " claims it");
      return;
    case What.MASQUERADE:
      lit(t, " sends in its name");
      return;
    case What.ROUTER:
      lit(t, " sends in their name: the router changed");
      return;
    case What.FOREIGN:
      lit(t, " speaks for ");
      mac(t, <u64>f.b);
      return;
    default:
      lit(t, ": about ");
      decimal(t, f.c, 1);
  }
}
