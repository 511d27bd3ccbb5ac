#include "base/utf8.h"

#include "base/array.h"

size_t utf8_decode(const char *at, size_t size, uint32_t *ret_character)
{
	const unsigned char *byte = (const unsigned char *)at;
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t length = byte[0] < 0x80             ? 1
			: (byte[0] & 0xe0) == 0xc0 ? 2
			: (byte[0] & 0xf0) == 0xe0 ? 3
			: (byte[0] & 0xf8) == 0xf0 ? 4
						   : 0;

	if (!length || length > size)
		return 0;
	uint32_t character = length == 1 ? byte[0] : byte[0] & (0x7fu >> length);
	for (size_t i = 1; i < length; i++) {
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
		character = character << 6 | (byte[i] & 0x3f);
	}
	if (character < least[length] || character > 0x10ffff ||
	    (character >= 0xd800 && character <= 0xdfff))
		return 0;
	*ret_character = character;
	return length;
}

bool utf8_is_text(uint32_t character)
{
	if (character < 0x7f)
		return character >= 0x20 || character == '\t' || character == '\n' ||
		       character == '\r';
	return character >= 0xa0 && character != 0x2028 && character != 0x2029 &&
	       character != 0xfeff && character != 0xfffe && character != 0xffff;
}

bool utf8_is_shown(uint32_t character)
{
	return utf8_is_text(character) && character != '\n' && character != '\r' &&
	       !(character >= 0x202a && character <= 0x202e) &&
	       !(character >= 0x2066 && character <= 0x2069);
}

struct range {
	uint32_t first, last;
};

static bool is_in(uint32_t character, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (character >= ranges[i].first && character <= ranges[i].last)
			return true;
	return false;
}

/* Unicode's East Asian Width W and F, and the blocks of combining marks, in whole
 * blocks: enough to put a caret under the right letter. */
unsigned utf8_width(uint32_t character)
{
	static const struct range none[] = {
		{ 0x300, 0x36f },   { 0x483, 0x489 },   { 0x591, 0x5bd },   { 0x610, 0x61a },
		{ 0x64b, 0x65f },   { 0x900, 0x902 },   { 0xe31, 0xe31 },   { 0xe34, 0xe3a },
		{ 0xe47, 0xe4e },   { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x200b, 0x200f },
		{ 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }, { 0xe0100, 0xe01ef },
	};
	static const struct range wide[] = {
		{ 0x1100, 0x115f },   { 0x231a, 0x231b },   { 0x2329, 0x232a },
		{ 0x2e80, 0x303e },   { 0x3041, 0x4dbf },   { 0x4e00, 0xa4cf },
		{ 0xa960, 0xa97f },   { 0xac00, 0xd7a3 },   { 0xf900, 0xfaff },
		{ 0xfe10, 0xfe19 },   { 0xfe30, 0xfe6f },   { 0xff00, 0xff60 },
		{ 0xffe0, 0xffe6 },   { 0x1f300, 0x1f64f }, { 0x1f680, 0x1f6ff },
		{ 0x1f900, 0x1f9ff }, { 0x1fa70, 0x1faff }, { 0x20000, 0x3fffd },
	};

	if (character < 0x300)
		return 1;
	if (is_in(character, none, COUNT_OF(none)))
		return 0;
	return is_in(character, wide, COUNT_OF(wide)) ? 2 : 1;
}
