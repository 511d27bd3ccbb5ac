/* text.h - a growing string in an arena; always NUL-terminated, adding never fails. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct text {
	struct arena *arena;
	char *at; /* never NULL after text_of() */
	size_t size, room;
};

/* An empty text whose memory comes from `arena`. */
struct text text_of(struct arena *arena);

/* Append bytes, a string, one byte, or formatted text. */
void text_add_bytes(struct text *text, const void *bytes, size_t size);
void text_add(struct text *text, const char *string);
void text_add_byte(struct text *text, char byte);
void text_addf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* String helpers that everybody needs; none allocates. */
bool string_equal(const char *a, const char *b); /* NULL equals only NULL */
bool string_starts(const char *string, const char *prefix);
bool string_ends(const char *string, const char *suffix);

/* A text in quotes for a message: control characters escaped, cut where it is long. */
const char *text_quoted(struct arena *arena, const char *text);
