// The command words of an identity, which entries are about.
import { Text, unsigned } from "../../../../../lib/onboard/text";
import { command1, command2, isPair } from "../../observed";
import { beginList, end, next } from "./json";

/** name: of the member. */
export function writeCommands(t: Text, name: string, key: u64): void {
  beginList(t, name);
  unsigned(t, command1(key));
  if (isPair(key)) next(t, command2(key));
  end(t);
}
