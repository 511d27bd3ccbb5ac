#include "formats/veil.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

/* Names of what is a secret; `within`: only where this word stands before it in the same element.
 */
static const struct name {
	const char *name, *within;
} names[] = {
	{ "passwd", NULL },
	{ "password", NULL },
	{ "data", "secret" },
	{ "key", "rbd:" },
};

/* A quote, plain or escaped once or twice (XML in XML); returns its length, 0: none. */
static size_t quote_at(const char *at)
{
	static const char *const quotes[] = { "\"", "'", "&quot;", "&apos;", "&amp;quot;" };

	for (size_t i = 0; i < sizeof(quotes) / sizeof(*quotes); i++)
		if (strncmp(at, quotes[i], strlen(quotes[i])) == 0)
			return strlen(quotes[i]);
	return 0;
}

/* Where the value in quotes that begins behind `at` ends: at the same quote. */
static const char *quoted_end(const char *at, const char *value, size_t size)
{
	for (const char *end = value; *end; end++)
		if (strncmp(end, at, size) == 0)
			return end;
	return value;
}

/* A bare word of QEMU's: a doubled comma is one of its own. */
static const char *bare_end(const char *at)
{
	for (; *at && !isspace((unsigned char)*at) && !quote_at(at) && !strchr("<>:", *at); at++)
		if (*at == ',' && *++at != ',')
			return at - 1;
	return at;
}

static bool stands_before(const char *text, const char *at, const char *word)
{
	size_t size = strlen(word);

	for (const char *from = at; *from != '<'; from--) {
		if (strncmp(from, word, size) == 0)
			return true;
		if (from == text)
			break;
	}
	return false;
}

static const char *spaces(const char *at)
{
	while (isspace((unsigned char)*at))
		at++;
	return at;
}

/* The value of `name="v"`, `name=v`, `"name": "v"`; NULL where it is none of these. */
static const char *value_of(const char *at, const char **ret_end)
{
	size_t quote = quote_at(at);
	bool json = false;

	if (quote) {
		at = spaces(at + quote);
		json = *at == ':';
	}
	if (quote ? !json : *at != '=')
		return NULL;
	at = quote ? spaces(at + 1) : at + 1;
	quote = quote_at(at);
	if (!quote && json)
		return NULL;
	*ret_end = quote ? quoted_end(at, at + quote, quote) : bare_end(at);
	return at + quote;
}

static const char *named_secret(const char *text, const char *at, const char **ret_end)
{
	bool inside = at > text && (isalnum((unsigned char)at[-1]) || strchr("-_", at[-1]));

	for (size_t i = 0; !inside && i < sizeof(names) / sizeof(*names); i++) {
		size_t size = strlen(names[i].name);
		if (strncmp(at, names[i].name, size) != 0 ||
		    (names[i].within && !stands_before(text, at, names[i].within)))
			continue;
		const char *value = value_of(at + size, ret_end);
		if (value)
			return value;
	}
	return NULL;
}

/* user:password@ behind "://". */
static const char *address_secret(const char *text, const char *at, const char **ret_end)
{
	if (at - text < 3 || strncmp(at - 3, "://", 3) != 0)
		return NULL;
	const char *user = at + strcspn(at, ":@/?# \t\n\"'<>&");
	const char *end = *user == ':' ? user + strcspn(user, "@/?# \t\n\"'<>") : NULL;

	if (!end || *end != '@')
		return NULL;
	*ret_end = end;
	return user + 1;
}

static bool is_veil(const char *value, const char *end)
{
	return (size_t)(end - value) == strlen(VEIL) && strncmp(value, VEIL, strlen(VEIL)) == 0;
}

const char *veil_next(const char *text, const char *at, const char **ret_end)
{
	for (; at && *at; at++) {
		const char *value = named_secret(text, at, ret_end);
		if (!value)
			value = address_secret(text, at, ret_end);
		if (value && *ret_end > value)
			return value;
	}
	return NULL;
}

const char *veil(struct arena *arena, const char *text)
{
	struct text out = text_of(arena);
	const char *from = text, *end = NULL, *value = NULL;

	for (const char *at = text; (value = veil_next(text, at, &end)); at = end) {
		if (is_veil(value, end))
			continue;
		text_add_bytes(&out, from, (size_t)(value - from));
		text_add(&out, VEIL);
		from = end;
	}
	if (from == text)
		return text;
	text_add(&out, from);
	return out.at;
}

bool veil_is_in(const char *text)
{
	const char *end = NULL, *value = NULL;

	for (const char *at = text; (value = veil_next(text, at, &end)); at = end)
		if (is_veil(value, end))
			return true;
	return false;
}

/* ---- filling in and comparing ---- */

/* The characters that XML has words for, in the order in which the words are read. */
static const struct {
	const char *word;
	char byte;
} entities[] = {
	{ "&amp;", '&' }, { "&lt;", '<' }, { "&gt;", '>' }, { "&quot;", '"' }, { "&apos;", '\'' }
};

static void escaped_add(struct text *text, const char *value)
{
	for (; *value; value++) {
		size_t i = 0;
		while (i < COUNT_OF(entities) && entities[i].byte != *value)
			i++;
		if (i < COUNT_OF(entities))
			text_add(text, entities[i].word);
		else
			text_add_byte(text, *value);
	}
}

/* The next byte of a value, its words read. */
static char byte_next(const char **at)
{
	for (size_t i = 0; i < COUNT_OF(entities); i++)
		if (strncmp(*at, entities[i].word, strlen(entities[i].word)) == 0) {
			*at += strlen(entities[i].word);
			return entities[i].byte;
		}
	return *(*at)++;
}

static bool values_equal(const char *a, const char *a_end, const char *b, const char *b_end)
{
	while (a < a_end && b < b_end)
		if (byte_next(&a) != byte_next(&b))
			return false;
	return a >= a_end && b >= b_end;
}

const char *veil_fill(struct arena *arena, const char *text, const struct veil_values *values)
{
	struct text out = text_of(arena);
	const char *from = text, *end = NULL, *value = NULL;
	size_t count = 0;

	for (const char *at = text; (value = veil_next(text, at, &end)); at = end) {
		if (!is_veil(value, end))
			continue;
		if (count == values->list.count)
			return text;
		const char *clear = values->list.at[count++];
		text_add_bytes(&out, from, (size_t)(value - from));
		if (clear)
			escaped_add(&out, clear);
		else
			text_add(&out, VEIL);
		from = end;
	}
	text_add(&out, from);
	return count == values->list.count ? out.at : text;
}

static bool ends_equal(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return !*spaces(a) && !*spaces(b);
}

bool veil_equal(const char *a, const char *b)
{
	const char *first = spaces(a), *second = spaces(b);

	for (;;) {
		const char *end = NULL, *other_end = NULL;
		const char *value = veil_next(a, first, &end);
		const char *other = veil_next(b, second, &other_end);
		if (!value || !other)
			return !value && !other && ends_equal(first, second);
		if (value - first != other - second ||
		    strncmp(first, second, (size_t)(value - first)) != 0)
			return false;
		if (!is_veil(value, end) && !is_veil(other, other_end) &&
		    !values_equal(value, end, other, other_end))
			return false;
		first = end;
		second = other_end;
	}
}

bool veil_block_equal(const void *want, const void *have)
{
	const char *a = *(const char *const *)want, *b = *(const char *const *)have;

	return a && b ? veil_equal(a, b) : a == b;
}
