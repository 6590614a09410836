// What an alert says of a scanner. In the finding: a = first contacts, b = of these refused, c = never answered.
import { Text, lit, unsigned } from "../../../lib/onboard/text";
import { Finding } from "../../onboard/finding";

export function expected(t: Text, _f: Finding): void {
  lit(t, "most first contacts of a source to succeed");
}

export function seen(t: Text, f: Finding): void {
  unsigned(t, <u64>(f.b + f.c));
  lit(t, " of ");
  unsigned(t, <u64>f.a);
  lit(t, " failed (");
  unsigned(t, <u64>f.b);
  lit(t, " refused, ");
  unsigned(t, <u64>f.c);
  lit(t, " unanswered)");
}
