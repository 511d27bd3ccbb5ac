#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

struct text text_of(struct arena *arena)
{
	struct text text = { .arena = arena, .room = 64 };

	text.at = arena_alloc(arena, text.room);
	return text;
}

static void text_make_room(struct text *text, size_t more)
{
	size_t room = text->room;

	while (room - text->size <= more)
		room *= 2;
	if (room == text->room)
		return;
	text->at = arena_grow(text->arena, text->at, text->size, room);
	text->room = room;
}

void text_add_bytes(struct text *text, const void *bytes, size_t size)
{
	text_make_room(text, size);
	memcpy(text->at + text->size, bytes, size);
	text->size += size;
	text->at[text->size] = '\0';
}

void text_add(struct text *text, const char *string)
{
	text_add_bytes(text, string, strlen(string));
}

void text_add_byte(struct text *text, char byte)
{
	text_add_bytes(text, &byte, 1);
}

void text_addf(struct text *text, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	int length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (length <= 0)
		return;
	text_make_room(text, (size_t)length + 1);
	va_start(arguments, format);
	vsnprintf(text->at + text->size, (size_t)length + 1, format, arguments);
	va_end(arguments);
	text->size += (size_t)length;
}

bool string_equal(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

bool string_starts(const char *string, const char *prefix)
{
	return strncmp(string, prefix, strlen(prefix)) == 0;
}

bool string_ends(const char *string, const char *suffix)
{
	size_t length = strlen(string), tail = strlen(suffix);

	return length >= tail && strcmp(string + length - tail, suffix) == 0;
}

enum { SHOWN_MAX = 60 };

const char *text_quoted(struct arena *arena, const char *text)
{
	struct text shown = text_of(arena);
	uint32_t character = 0;

	text_add_byte(&shown, '"');
	while (*text && shown.size < SHOWN_MAX) {
		size_t size = utf8_decode(text, 4, &character);
		if (!size)
			text_addf(&shown, "\\x%02x", (unsigned char)*text);
		else if (character == '\n')
			text_add(&shown, "\\n");
		else if (character == '\t')
			text_add(&shown, "\\t");
		else if (!utf8_is_shown(character))
			text_addf(&shown, character < 0x100 ? "\\x%02x" : "\\u%04x", character);
		else
			text_add_bytes(&shown, text, size);
		text += size ? size : 1;
	}
	text_add(&shown, *text ? "...\"" : "\"");
	return shown.at;
}
