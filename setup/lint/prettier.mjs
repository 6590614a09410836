// assemblyscript-prettier, without the blank line that it adds before a decorator that has no comment above it: one that
// is there already stays, so there would be two.
import * as plugin from "assemblyscript-prettier";
import { builders } from "prettier/doc";

const { parsers, printers } = plugin.default ?? plugin;
const printer = printers["as-estree"];

function printComment(path, options) {
  const doc = printer.printComment(path, options);
  return Array.isArray(doc) && doc[0] === builders.hardline ? doc.slice(1) : doc;
}

export default { parsers, printers: { "as-estree": { ...printer, printComment } } };
