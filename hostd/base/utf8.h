/* utf8.h - characters of a description; no locale involved. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UTF8_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* Decodes the character at `at`, of which `size` bytes (at least 1) are there, as
 * RFC 3629 says: no overlong forms, no surrogates.  Returns its length, 0: none.  Never
 * reads beyond a NUL, so that `size` may be 4 for a string. */
size_t utf8_decode(const char *at, size_t size, uint32_t *ret_character);

/* Whether a description may hold it as it is: YAML's printable characters, tab and
 * line ends, without U+0085, U+2028 and U+2029, which YAML 1.1 counts as line ends
 * and no editor does, and without a byte order mark. */
bool utf8_is_text(uint32_t character);

/* Whether it may be shown as it is: text that neither steers a terminal nor turns the
 * direction of reading. */
bool utf8_is_shown(uint32_t character);

/* How many columns of a terminal a printable character takes: 0 (combining), 1 or 2. */
unsigned utf8_width(uint32_t character);
