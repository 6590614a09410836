/** node:fs and node:fs/promises for the worker, over the page's files; as much as what runs there asks for. */
import { bytesOf, fileAt } from "./files.ts";

type Path = string | Uint8Array;
const textOf = (path: Path) => (typeof path === "string" ? path : new TextDecoder().decode(path));

export function readFileSync(path: Path, encoding?: string): Uint8Array | string {
  const bytes = bytesOf(fileAt(textOf(path)));
  return encoding ? new TextDecoder().decode(bytes) : bytes;
}

const open_ = new Map<number, { file: Blob; at: number }>();
let descriptors = 2;

export function readSync(fd: number, into: Uint8Array, at: number, length: number): number {
  const of = open_.get(fd)!;
  const bytes = bytesOf(of.file.slice(of.at, of.at + length));
  into.set(bytes, at);
  of.at += bytes.length;
  return bytes.length;
}

export async function open(path: Path) {
  const file = fileAt(textOf(path));
  const fd = ++descriptors;
  open_.set(fd, { file, at: 0 });
  return {
    fd,
    stat: async () => ({ size: file.size, isFile: () => true }),
    read: async (into: Uint8Array, at: number, length: number) => ({ bytesRead: readSync(fd, into, at, length) }),
    close: async () => void open_.delete(fd),
  };
}

export async function stat(path: Path) {
  const { size } = fileAt(textOf(path));
  return { size, isFile: () => true, isDirectory: () => false };
}

const none = (): never => {
  throw new Error("the page writes no files");
};
export const readdir = async () => [];
export {
  none as closeSync,
  none as createReadStream,
  none as existsSync,
  none as mkdirSync,
  none as openSync,
  none as renameSync,
  none as writeFileSync,
  none as writeSync,
};
