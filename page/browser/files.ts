/** The files that the page has: what was dropped, fetched or embedded, and the .wasm of onboard code, by name. */
const files = new Map<string, Blob>();

/** Normal form: no leading slashes or dots, no `..` that could be taken away. */
function normal(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length) parts.pop();
    else if (part !== "..") parts.push(part);
  }
  return parts.join("/");
}

export function addFile(name: string, content: Blob): void {
  files.set(normal(name), content);
}

/** A file by its path, or by its last part: what is dropped on a page has no folder. */
export function fileAt(path: string): Blob {
  const name = normal(path);
  const file = files.get(name) ?? files.get(name.split("/").at(-1)!);
  if (!file) throw Object.assign(new Error(`${path}: no such file`), { code: "ENOENT" });
  return file;
}

/** In workers only, which TypeScript's library for pages does not know. */
declare const FileReaderSync: new () => { readAsArrayBuffer(file: Blob): ArrayBuffer };
const reader = new FileReaderSync();
export const bytesOf = (file: Blob): Uint8Array => new Uint8Array(reader.readAsArrayBuffer(file));
