// What an alert says of a scanner. In the finding: what = family of the walk, a = first contacts, b = of these
// refused, c = never answered, d = alerts so far. Kinds and targets are those that the source's record has when the
// alert is written.
import { Text, lit, unsigned } from "../../../lib/onboard/text";
import { writeAddress } from "../../../ip/onboard/eve";
import { Finding } from "../../onboard/finding";
import { Kind, writeKinds } from "./kinds";
import { findTargets, targetAt } from "./ring";
import { Source, sourceOf } from "./sources";

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
  const at = sourceOf(f.version, f.srcHi, f.srcLo, f.what);
  if (at != 0) contacts(t, changetype<Source>(at));
  if (f.d <= 1) return;
  lit(t, "; alert ");
  unsigned(t, <u64>f.d);
  lit(t, " of this source");
}

/** `: TCP SYN to 10.0.0.9 port 7, 10.0.0.9 port 8, ...` */
function contacts(t: Text, s: Source): void {
  lit(t, ": ");
  writeKinds(t, s.kinds);
  const targets = findTargets(s);
  for (let i: u32 = 0; i < targets; ++i) {
    lit(t, i == 0 ? " to " : ", ");
    const p = targetAt(i);
    writeAddress(t, s.version, p.toHi, p.toLo);
    if (p.kind == Kind.ICMP) continue;
    lit(t, p.kind == Kind.PROTOCOL ? " protocol " : " port ");
    unsigned(t, <u64>p.port);
  }
  if (targets != 0 && s.refused + s.silent > targets) lit(t, " and others");
}
