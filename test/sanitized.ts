/** clang's flags for the runtime's C as a program of the build machine: what is undefined or outside of its memory ends it. */
export const SANITIZED: readonly string[] = [
  ...["-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-Wall", "-Wextra", "-Werror"],
];
