#include "formats/json.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>

#include <json-c/json.h>

/* ---- reading ---- */

static void tokener_cleanup(struct json_tokener **tokener)
{
	if (*tokener)
		json_tokener_free(*tokener);
}

static void object_cleanup(struct json_object **object)
{
	json_object_put(*object);
}

static int string_of(struct arena *arena, const char *text, size_t size, const char **ret,
		     struct faults *faults)
{
	if (memchr(text, '\0', size))
		return fault(faults, FAULT_HOST, "JSON string holds a NUL character");
	*ret = arena_strndup(arena, text, size);
	return 0;
}

static int node_of(struct arena *arena, struct json_object *object, struct node **ret,
		   struct faults *faults);

static int map_of(struct arena *arena, struct json_object *object, struct node **ret,
		  struct faults *faults)
{
	struct node *map = node_map(arena);

	json_object_object_foreach(object, key, value)
	{
		struct node *child = NULL;
		if (node_of(arena, value, &child, faults) < 0)
			return -1;
		node_put(arena, map, key, child);
	}
	*ret = map;
	return 0;
}

static int list_of(struct arena *arena, struct json_object *object, struct node **ret,
		   struct faults *faults)
{
	struct node *list = node_list(arena);

	for (size_t i = 0; i < json_object_array_length(object); i++) {
		struct node *child = NULL;
		if (node_of(arena, json_object_array_get_idx(object, i), &child, faults) < 0)
			return -1;
		node_append(list, child);
	}
	*ret = list;
	return 0;
}

static int node_of(struct arena *arena, struct json_object *object, struct node **ret,
		   struct faults *faults)
{
	const char *text = NULL;

	switch (json_object_get_type(object)) {
	case json_type_null:
		*ret = node_null(arena);
		return 0;
	case json_type_object:
		return map_of(arena, object, ret, faults);
	case json_type_array:
		return list_of(arena, object, ret, faults);
	case json_type_string:
		if (string_of(arena, json_object_get_string(object),
			      (size_t)json_object_get_string_len(object), &text, faults) < 0)
			return -1;
		*ret = node_quoted(arena, text);
		return 0;
	default:
		/* json-c keeps the source text of doubles and prints integers exactly. */
		*ret = node_scalar(arena,
				   json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN));
		return 0;
	}
}

static unsigned line_at(const char *text, size_t offset)
{
	unsigned line = 1;

	for (size_t i = 0; i < offset; i++)
		line += text[i] == '\n';
	return line;
}

/* `text` has a NUL after `size` bytes: the tokener takes it as the end of a bare number. */
static int parse(const char *text, size_t size, int flags, struct json_object **ret,
		 struct faults *faults)
{
	__attribute__((cleanup(tokener_cleanup))) struct json_tokener *tokener =
		json_tokener_new_ex(JSON_DEPTH_MAX);

	json_tokener_set_flags(tokener, flags);
	*ret = json_tokener_parse_ex(tokener, text, (int)size + 1);
	enum json_tokener_error error = json_tokener_get_error(tokener);
	size_t end = json_tokener_get_parse_end(tokener);
	if (error == json_tokener_success)
		while (end < size && isspace((unsigned char)text[end]))
			end++;
	if (error == json_tokener_success && end >= size)
		return 0;
	bool early = error == json_tokener_continue || (error && end >= size);
	return fault(faults, FAULT_HOST, "line %u is not valid JSON: %s",
		     line_at(text, end < size ? end : size),
		     early   ? "it ends too early"
		     : error ? json_tokener_error_desc(error)
			     : "more text after the value");
}

/* json-c 0.18 in its strict mode refuses every byte above 127.  What is JSON is therefore
 * asked with such bytes replaced, which changes nothing about its form. */
static int parse_strictly(struct arena *arena, const char *text, size_t size, struct faults *faults)
{
	__attribute__((cleanup(object_cleanup))) struct json_object *object = NULL;
	char *plain = arena_alloc(arena, size + 1);

	for (size_t i = 0; i < size; i++)
		plain[i] = (unsigned char)text[i] < 0x80 ? text[i] : '?';
	return parse(plain, size, JSON_TOKENER_STRICT, &object, faults);
}

int json_read(struct arena *arena, const char *text, size_t size, struct node **ret,
	      struct faults *faults)
{
	__attribute__((cleanup(object_cleanup))) struct json_object *object = NULL;

	if (size >= INT_MAX) /* the tokener counts in int */
		return fault(faults, FAULT_HOST, "JSON text of %zu bytes is too long", size);
	char *ended = memcpy(arena_alloc(arena, size + 1), text, size);
	if (parse_strictly(arena, ended, size, faults) < 0 ||
	    parse(ended, size, JSON_TOKENER_VALIDATE_UTF8, &object, faults) < 0)
		return -1;
	return node_of(arena, object, ret, faults);
}

/* ---- writing ---- */

static const char *digits_end(const char *at)
{
	while (*at >= '0' && *at <= '9')
		at++;
	return at;
}

/* RFC 8259, section 6. */
static bool is_number(const char *text)
{
	const char *at = *text == '-' ? text + 1 : text;
	const char *end = digits_end(at);

	if (end == at || (*at == '0' && end > at + 1))
		return false;
	if (*end == '.') {
		at = end + 1;
		end = digits_end(at);
		if (end == at)
			return false;
	}
	if (*end == 'e' || *end == 'E') {
		at = end[1] == '+' || end[1] == '-' ? end + 2 : end + 1;
		end = digits_end(at);
		if (end == at)
			return false;
	}
	return *end == '\0';
}

/* Bytes of the UTF-8 character at `at`, 0 where there is none (RFC 3629, section 4). */
static unsigned character_size(const unsigned char *at)
{
	unsigned size = at[0] < 0x80                     ? 1
			: at[0] >= 0xc2 && at[0] < 0xe0  ? 2
			: at[0] >= 0xe0 && at[0] < 0xf0  ? 3
			: at[0] >= 0xf0 && at[0] <= 0xf4 ? 4
							 : 0;

	for (unsigned i = 1; i < size; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) ||
	    (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f))
		return 0;
	return size;
}

static void character_write(struct text *text, const unsigned char *at, unsigned size)
{
	static const char escapes[] = "\"\"\\\\\nn\tt\rr\bb\ff";

	for (const char *pair = escapes; size == 1 && *pair; pair += 2)
		if (*pair == (char)*at) {
			text_add_byte(text, '\\');
			text_add_byte(text, pair[1]);
			return;
		}
	if (!size)
		text_add(text, "\\ufffd");
	else if (*at < 0x20 || *at == 0x7f)
		text_addf(text, "\\u%04x", *at);
	else
		text_add_bytes(text, at, size);
}

void json_write_string(struct text *text, const char *string)
{
	text_add_byte(text, '"');
	for (const unsigned char *at = (const unsigned char *)string; *at;) {
		unsigned size = character_size(at);
		character_write(text, at, size);
		at += size ? size : 1;
	}
	text_add_byte(text, '"');
}

static void scalar_write(struct text *text, const struct node *node)
{
	bool bare = !node->quoted && (is_number(node->text) || string_equal(node->text, "true") ||
				      string_equal(node->text, "false"));

	if (node->masked)
		text_add(text, "\"******\"");
	else if (bare)
		text_add(text, node->text);
	else
		json_write_string(text, node->text);
}

static void line_start(struct text *text, bool pretty, unsigned depth)
{
	if (!pretty)
		return;
	text_add_byte(text, '\n');
	for (unsigned i = 0; i < depth; i++)
		text_add(text, "  ");
}

static void value_write(struct text *text, const struct node *node, bool pretty, unsigned depth)
{
	bool map = node->kind == NODE_MAP;

	if (node->kind == NODE_NULL)
		text_add(text, "null");
	if (node->kind == NODE_SCALAR)
		scalar_write(text, node);
	if (!map && node->kind != NODE_LIST)
		return;
	text_add_byte(text, map ? '{' : '[');
	NODE_EACH(child, node) {
		if (child != node->first)
			text_add_byte(text, ',');
		line_start(text, pretty, depth + 1);
		if (map) {
			json_write_string(text, child->key);
			text_add(text, pretty ? ": " : ":");
		}
		value_write(text, child, pretty, depth + 1);
	}
	if (node->first)
		line_start(text, pretty, depth);
	text_add_byte(text, map ? '}' : ']');
}

void json_write(struct text *text, const struct node *node, bool pretty)
{
	value_write(text, node, pretty, 0);
}
