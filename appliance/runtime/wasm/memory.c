// The four functions a freestanding compiler may call though the source never does (GCC manual, "Standards").
// Compile with -ffreestanding, else the compiler finds memcpy's loop in memcpy and calls it.
#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int value, size_t n);
int memcmp(const void *a, const void *b, size_t n);

// All are loaded before the first is stored.
static inline void sixteen(void *to, const void *from) {
  unsigned long two[2];
  __builtin_memcpy(two, from, 16);
  __builtin_memcpy(to, two, 16);
}

// Copies upwards, as if byte after byte, also when the two overlap.
static void *upwards(void *to, const void *from, size_t n);

#ifdef __x86_64__ // the string instructions: one line each, and fast from Ivy Bridge on (ERMS)

static void *upwards(void *to, const void *from, size_t n) {
  void *result = to;
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
  return result;
}

void *memset(void *to, int value, size_t n) {
  void *result = to;
  __asm__ volatile("rep stosb" : "+D"(to), "+c"(n) : "a"(value) : "memory");
  return result;
}

#else // sixteen bytes at a time, the last few one by one

#define ONE_BY_ONE _Pragma("clang loop vectorize(disable) unroll(disable)")

static void *upwards(void *to, const void *from, size_t n) {
  unsigned char *t = to;
  const unsigned char *f = from;
  for (; n >= 16; n -= 16, t += 16, f += 16) sixteen(t, f); // to below from: what is stored was loaded
  ONE_BY_ONE for (; n; n--) *t++ = *f++;
  return to;
}

void *memset(void *to, int value, size_t n) {
  unsigned char *t = to;
  const unsigned long word = 0x0101010101010101ul * (unsigned char)value, two[2] = {word, word};
  for (; n >= 16; n -= 16, t += 16) sixteen(t, two);
  ONE_BY_ONE for (; n; n--) *t++ = (unsigned char)value;
  return to;
}

#endif

void *memcpy(void *restrict to, const void *restrict from, size_t n) { return upwards(to, from, n); }

void *memmove(void *to, const void *from, size_t n) {
  if ((size_t)((unsigned char *)to - (const unsigned char *)from) >= n) return upwards(to, from, n);
  // overlaps from above: backwards
  for (; n >= 16; n -= 16) sixteen((unsigned char *)to + n - 16, (const unsigned char *)from + n - 16);
  while (n--) ((unsigned char *)to)[n] = ((const unsigned char *)from)[n];
  return to;
}

int memcmp(const void *a, const void *b, size_t n) {
  for (size_t i = 0; i < n; i++) {
    int difference = ((const unsigned char *)a)[i] - ((const unsigned char *)b)[i];
    if (difference) return difference;
  }
  return 0;
}
