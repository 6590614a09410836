// The page's files as the worker reads them; what a browser has, File and FileReaderSync, stands in here.
import { beforeAll, expect, it, vi } from "vitest";

class Stored {
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.bytes = Uint8Array.from(bytes);
  }
  get size() {
    return this.bytes.length;
  }
  slice(from: number, to: number) {
    return new Stored(this.bytes.subarray(from, to));
  }
}

let fs: typeof import("./fs.ts");
beforeAll(async () => {
  const Reader = class {
    readAsArrayBuffer(file: Stored) {
      return file.bytes.buffer;
    }
  };
  vi.stubGlobal("FileReaderSync", Reader);
  fs = await import("./fs.ts");
  const { addFile } = await import("./files.ts");
  for (const name of ["folder/greeting.txt", "dropped.txt"])
    addFile(name, new Stored(Buffer.from("grüße")) as unknown as Blob);
});

it.each([
  ["text", "folder/greeting.txt"],
  ["text, by its last part", "/elsewhere/./dropped.txt"],
  ["bytes", Buffer.from("./folder/x/../greeting.txt")],
])("reads a file by a path that is %s", async (_, path) => {
  expect(fs.readFileSync(path, "utf8")).toBe("grüße");
  expect(fs.readFileSync(path)).toEqual(Uint8Array.from(Buffer.from("grüße")));
  expect(await fs.stat(path)).toMatchObject({ size: 7 });
});

it("reads on from where it stopped, until it is closed; what is not there has an error's code", async () => {
  const { fd, stat, read, close } = await fs.open("folder/greeting.txt");
  expect((await stat()).size).toBe(7);
  const into = Buffer.from("----------");
  expect(await read(into, 1, 2)).toEqual({ bytesRead: 2 });
  expect(fs.readSync(fd, into, 4, 9)).toBe(5);
  expect(into.toString()).toBe("-gr-üße-");
  expect(fs.readSync(fd, into, 0, 9)).toBe(0);
  await close();
  expect(() => fs.readSync(fd, into, 0, 1)).toThrow();
  await expect(fs.open("nothing.txt")).rejects.toMatchObject({ code: "ENOENT", message: "nothing.txt: no such file" });
  expect(() => fs.writeFileSync()).toThrow("the page writes no files");
});
