#include "schema/scalar.h"

#include <ctype.h>
#include <string.h>

#include "base/utf8.h"

static bool is_control(uint32_t point)
{
	return point < 0x20 || (point >= 0x7f && point <= 0x9f);
}

static bool is_line_break(uint32_t point)
{
	return point == '\n' || point == '\r' || point == 0x85 || point == 0x2028 ||
	       point == 0x2029;
}

const char *text_flaw(const char *text, bool lines)
{
	uint32_t point = 0;
	size_t size = 0;

	for (; *text; text += size) {
		size = utf8_decode(text, 4, &point);
		if (!size)
			return "a byte that is not UTF-8";
		if (lines && (point == '\n' || point == '\t'))
			continue;
		if (is_line_break(point))
			return "a line break";
		if (is_control(point))
			return "a control character";
	}
	return NULL;
}

static const char *found(struct arena *arena, const struct field *field, const struct node *node)
{
	if (node->kind != NODE_SCALAR)
		return node_kind_name(node->kind);
	if (node->masked || (field && field->flags & FIELD_SECRET))
		return "something else";
	return text_quoted(arena, node->text);
}

int scalar_refuse(struct faults *faults, const struct field *field, const struct node *node,
		  const char *expected)
{
	return fault_at(faults, node->mark, "expected %s, found %s", expected,
			found(faults->arena, field, node));
}

char *text_squeezed(struct arena *arena, const char *text)
{
	char *squeezed = arena_strdup(arena, text), *to = squeezed;

	for (; *text; text++)
		if (*text != ' ' && *text != '\t')
			*to++ = *text;
	*to = '\0';
	return squeezed;
}

static const char *hint_of(const struct scalar *scalar, struct arena *arena, const char *text)
{
	const char *squeezed = text_squeezed(arena, text);
	const char *hint = scalar->hint ? scalar->hint(arena, text) : NULL;

	if (hint)
		return hint;
	if (!string_equal(squeezed, text) &&
	    scalar->parse(arena, squeezed, arena_alloc(arena, scalar->type->size)))
		return arena_printf(arena, "write %s", squeezed);
	return NULL;
}

int scalar_read(const struct scalar *scalar, struct arena *arena, const struct field *field,
		const struct node *node, void *value, struct faults *faults)
{
	if (node->kind == NODE_SCALAR && scalar->parse(arena, node->text, value))
		return 0;
	int refused = scalar_refuse(faults, field, node, scalar->type->name);
	if (node->kind == NODE_SCALAR && !(field && field->flags & FIELD_SECRET)) {
		const char *hint = hint_of(scalar, faults->arena, node->text);
		if (hint)
			fault_hint(faults, "%s", hint);
	}
	return refused;
}

bool digits_read(const char **at, uint64_t *ret_number)
{
	const char *digit = *at;
	uint64_t number = 0;

	for (; *digit >= '0' && *digit <= '9'; digit++)
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, (uint64_t)(*digit - '0'), &number))
			return false;
	if (digit == *at)
		return false;
	*at = digit;
	*ret_number = number;
	return true;
}

bool number_read(const char **at, uint64_t most, uint64_t *ret_number)
{
	const char *from = *at;
	uint64_t number = 0;

	if (from[0] == '0' && isdigit((unsigned char)from[1]))
		return false;
	if (!digits_read(&from, &number) || number > most)
		return false;
	*at = from;
	*ret_number = number;
	return true;
}
