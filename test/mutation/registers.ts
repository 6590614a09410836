/** Register accesses of the kernel part as calls of whoever judges it, so that each is seen, in order. */
export function withRegistersSeen(source: string): string {
  const behind = source.indexOf("\n}\n", source.indexOf("uint32_t *reg(")) + 3;
  const [head, tail] = [source.slice(0, behind), source.slice(behind)];
  const seen = tail
    .replace(
      /\*reg\((\w+(?:\([^()]*\))?|\([^()]*\) % \w+), ([^,()]+)\) = ([^;]*);/g,
      "write_register(nics[$1].base, $2, $3);",
    )
    .replace(/\*reg\((\w+), ([^,()]+)\)/g, "read_register(nics[$1].base, $2)");
  return head + seen;
}
