/** Parts of a Markdown file that a script writes: between `<!-- NAME: begin -->` and `<!-- end -->`, each on a line of its own. */

/** @throws Error when the text has no such part. */
export function withBlock(text: string, name: string, body: string): string {
  const { begin, end } = placeOf(text, name);
  return `${text.slice(0, begin)}${body.trimEnd()}\n${text.slice(end)}`;
}

/** @throws Error when the text has no such part. */
export function blockOf(text: string, name: string): string {
  const { begin, end } = placeOf(text, name);
  return text.slice(begin, end);
}

function placeOf(text: string, name: string): { begin: number; end: number } {
  const mark = `<!-- ${name}: begin -->\n`;
  const at = text.indexOf(mark);
  const end = text.indexOf("<!-- end -->", at);
  if (at < 0 || end < 0) throw new Error(`no part between "${mark.trim()}" and "<!-- end -->"`);
  return { begin: at + mark.length, end };
}
