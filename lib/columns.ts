/** Rows of cells as lines: columns as wide as their widest cell, the first at least `first` characters. */
export function columns(rows: readonly (readonly string[])[], first = 0): string[] {
  const widths = rows[0]!.map((_, n) => Math.max(n ? 0 : first, ...rows.map((row) => row[n]!.length)));
  return rows.map((row) =>
    row
      .map((cell, n) => cell.padEnd(widths[n]!))
      .join("  ")
      .trimEnd(),
  );
}
