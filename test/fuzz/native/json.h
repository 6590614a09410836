// Whether bytes are one JSON object on one line (RFC 8259), for events and records of the log. No recursion.
#ifndef FUZZ_JSON_H
#define FUZZ_JSON_H

#include <stdbool.h>
#include <stdint.h>

#define JSON_DEPTH 64

struct json { const uint8_t *p, *stop; };

static bool json_is(struct json *j, uint8_t c) { return j->p < j->stop && *j->p == c ? j->p++, true : false; }
static bool json_digit(const struct json *j) { return j->p < j->stop && *j->p >= '0' && *j->p <= '9'; }

static bool json_digits(struct json *j) {
  if (!json_digit(j)) return false;
  while (json_digit(j)) j->p++;
  return true;
}

static bool json_number(struct json *j) {
  json_is(j, '-');
  if (!json_is(j, '0') && !json_digits(j)) return false;
  if (json_is(j, '.') && !json_digits(j)) return false;
  if (!json_is(j, 'e') && !json_is(j, 'E')) return true;
  if (!json_is(j, '+')) json_is(j, '-');
  return json_digits(j);
}

// UTF-8 as RFC 3629 has it: shortest forms, no surrogates, at most U+10FFFF.
static bool json_utf8(struct json *j) {
  const uint8_t first = *j->p;
  const int more = first < 0x80 ? 0 : first >= 0xc2 && first < 0xe0 ? 1 : first >= 0xe0 && first < 0xf0 ? 2 : first >= 0xf0 && first < 0xf5 ? 3 : -1;
  if (more < 0 || j->stop - j->p <= more) return false;
  for (int i = 1; i <= more; i++) if (j->p[i] >> 6 != 2) return false;
  if ((first == 0xe0 && j->p[1] < 0xa0) || (first == 0xed && j->p[1] > 0x9f)) return false;
  if ((first == 0xf0 && j->p[1] < 0x90) || (first == 0xf4 && j->p[1] > 0x8f)) return false;
  j->p += more + 1;
  return true;
}

static bool json_string(struct json *j) {
  if (!json_is(j, '"')) return false;
  while (j->p < j->stop && *j->p != '"') {
    if (*j->p < 0x20) return false;
    if (*j->p != '\\') { if (!json_utf8(j)) return false; continue; }
    if (++j->p == j->stop) return false;
    const uint8_t c = *j->p++;
    if (c == 'u') {
      for (int i = 0; i < 4; i++, j->p++) {
        if (j->p == j->stop) return false;
        const uint8_t h = *j->p;
        if (!((h >= '0' && h <= '9') || (h >= 'a' && h <= 'f') || (h >= 'A' && h <= 'F'))) return false;
      }
    } else if (c != '"' && c != '\\' && c != '/' && c != 'b' && c != 'f' && c != 'n' && c != 'r' && c != 't') return false;
  }
  return json_is(j, '"');
}

static bool json_word(struct json *j, const char *word) {
  for (; *word; word++) if (!json_is(j, (uint8_t)*word)) return false;
  return true;
}

/** One value, and all that opens in it is closed. No blanks: the onboard code writes none. */
static bool json_value(struct json *j) {
  char open[JSON_DEPTH];
  int depth = 0;
  for (;;) {
    // A value is due, or the end of an empty list
    if (j->p == j->stop) return false;
    bool whole = true;
    const uint8_t c = *j->p;
    if (c == '{' || c == '[') {
      if (depth == JSON_DEPTH) return false;
      open[depth++] = (char)c;
      j->p++;
      if (json_is(j, c == '{' ? '}' : ']')) depth--;
      else whole = false;
      if (!whole && c == '{') { if (!json_string(j) || !json_is(j, ':')) return false; }
      if (!whole) continue;
    } else if (c == '"') { if (!json_string(j)) return false; }
    else if (c == 't') { if (!json_word(j, "true")) return false; }
    else if (c == 'f') { if (!json_word(j, "false")) return false; }
    else if (c == 'n') { if (!json_word(j, "null")) return false; }
    else if (!json_number(j)) return false;
    // A value is whole: what it is in goes on or ends
    for (;;) {
      if (!depth) return true;
      const bool object = open[depth - 1] == '{';
      if (json_is(j, object ? '}' : ']')) { depth--; continue; }
      if (!json_is(j, ',')) return false;
      if (object && (!json_string(j) || !json_is(j, ':'))) return false;
      break;
    }
  }
}

static bool json_object(const uint8_t *bytes, uint32_t length) {
  struct json j = {bytes, bytes + length};
  return length && *bytes == '{' && json_value(&j) && j.p == j.stop;
}

#endif
