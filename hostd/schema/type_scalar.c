/* flag, count, number. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "schema/pattern.h"
#include "schema/scalar.h"

/* ---- flag ---- */

static bool flag_parse(struct arena *arena, const char *text, void *value)
{
	(void)arena;
	if (!string_equal(text, "true") && !string_equal(text, "false"))
		return false;
	*(bool *)value = text[0] == 't';
	return true;
}

/* What other dialects of YAML and other configuration files take for a boolean. */
static const char *flag_hint(struct arena *arena, const char *text)
{
	static const char *const yes[] = { "true", "yes", "on", "y", "1", "enabled", "enable" };
	static const char *const no[] = { "false", "no", "off", "n", "0", "disabled", "disable" };

	(void)arena;
	for (size_t i = 0; i < COUNT_OF(yes); i++)
		if (strcasecmp(text, yes[i]) == 0)
			return "write true";
	for (size_t i = 0; i < COUNT_OF(no); i++)
		if (strcasecmp(text, no[i]) == 0)
			return "write false";
	return NULL;
}

static int flag_read(struct arena *arena, const struct field *field, const struct node *node,
		     void *value, struct faults *faults)
{
	static const struct scalar flag = { &type_flag, flag_parse, flag_hint };

	return scalar_read(&flag, arena, field, node, value, faults);
}

static void flag_print(const void *value, struct text *text)
{
	text_add(text, *(const bool *)value ? "true" : "false");
}

static bool flag_equal(const void *a, const void *b)
{
	return *(const bool *)a == *(const bool *)b;
}

const struct type type_flag = {
	.name = "true or false",
	.json_type = "boolean",
	.json_pattern = "^(true|false)$",
	.size = sizeof(bool),
	.read = flag_read,
	.print = flag_print,
	.equal = flag_equal,
};

/* ---- count and number ---- */

struct range {
	int64_t least;
	uint64_t most;
};

/* -7, 0, 42: no sign +, no leading zeros, nothing else.  The magnitude and the sign. */
static bool integer_parse(const char *text, uint64_t *ret_size, bool *ret_negative)
{
	bool negative = text[0] == '-';
	const char *at = text + negative;
	uint64_t size = 0;

	if (!number_read(&at, UINT64_MAX, &size) || *at)
		return false;
	*ret_size = size;
	*ret_negative = negative && size;
	return true;
}

static bool range_holds(const struct range *range, uint64_t size, bool negative)
{
	if (negative)
		return range->least < 0 && size <= (uint64_t) - (range->least + 1) + 1;
	return (range->least < 0 || size >= (uint64_t)range->least) && size <= range->most;
}

static struct range range_of(const struct field *field, int64_t least, uint64_t most)
{
	struct range range = { least, most };

	if (!field || (!field->least && !field->most))
		return range;
	if ((int64_t)field->least > least)
		range.least = (int64_t)field->least;
	if (field->most && (most > INT64_MAX ? field->most : (uint64_t)(int64_t)field->most) < most)
		range.most = field->most;
	return range;
}

/* Digits with what people put between or before them, as an offer: "1_000", "007", "+5". */
static const char *integer_hint(struct arena *arena, const char *text)
{
	char *plain = arena_strdup(arena, text), *to = plain;

	for (const char *from = text + (*text == '+'); *from; from++)
		if (*from != '_' && *from != ',' && *from != ' ')
			*to++ = *from;
	*to = '\0';
	size_t sign = plain[0] == '-', zeros = strspn(plain + sign, "0");
	if (zeros && !plain[sign + zeros])
		zeros--;
	plain = arena_printf(arena, "%s%s", sign ? "-" : "", plain + sign + zeros);
	uint64_t size = 0;
	bool negative = false;
	if (string_equal(plain, text) || !integer_parse(plain, &size, &negative))
		return NULL;
	return arena_printf(arena, "write %s", plain);
}

static int integer_refuse(const struct range *range, const struct field *field,
			  const struct node *node, bool bounded, struct faults *faults)
{
	const char *expected = "a whole number";

	if (bounded)
		expected = arena_printf(faults->arena, "a whole number from %lld to %llu",
					(long long)range->least, (unsigned long long)range->most);
	int refused = scalar_refuse(faults, field, node, expected);
	const char *hint =
		node->kind == NODE_SCALAR ? integer_hint(faults->arena, node->text) : NULL;
	if (hint && !(field && field->flags & FIELD_SECRET))
		fault_hint(faults, "%s", hint);
	return refused;
}

static int integer_read(const struct range *range, const struct field *field,
			const struct node *node, int64_t *ret_value, struct faults *faults)
{
	uint64_t size = 0;
	bool negative = false;
	bool reads = node->kind == NODE_SCALAR && integer_parse(node->text, &size, &negative);
	/* Too long for any integer: still digits, so the bounds are what is wrong. */
	bool digits = node->kind == NODE_SCALAR && node->text[0] &&
		      strspn(node->text, "-0123456789") == strlen(node->text);

	if (!reads || !range_holds(range, size, negative))
		return integer_refuse(range, field, node,
				      digits || (field && (field->least || field->most)), faults);
	*ret_value = negative ? -(int64_t)(size - 1) - 1 : (int64_t)size;
	return 0;
}

static int count_read(struct arena *arena, const struct field *field, const struct node *node,
		      void *value, struct faults *faults)
{
	struct range range = range_of(field, 0, UINT32_MAX);
	int64_t number = 0;

	(void)arena;
	if (integer_read(&range, field, node, &number, faults) < 0)
		return -1;
	*(uint32_t *)value = (uint32_t)number;
	return 0;
}

static void count_print(const void *value, struct text *text)
{
	text_addf(text, "%u", *(const uint32_t *)value);
}

static bool count_equal(const void *a, const void *b)
{
	return *(const uint32_t *)a == *(const uint32_t *)b;
}

const struct type type_count = {
	.name = "a whole number",
	.json_type = "integer",
	.json_pattern = "^" PATTERN_NUMBER "$",
	.size = sizeof(uint32_t),
	.read = count_read,
	.print = count_print,
	.equal = count_equal,
};

static int number_type_read(struct arena *arena, const struct field *field, const struct node *node,
			    void *value, struct faults *faults)
{
	struct range range = range_of(field, INT64_MIN, INT64_MAX);

	(void)arena;
	return integer_read(&range, field, node, value, faults);
}

static void number_print(const void *value, struct text *text)
{
	text_addf(text, "%lld", (long long)*(const int64_t *)value);
}

static bool number_equal(const void *a, const void *b)
{
	return *(const int64_t *)a == *(const int64_t *)b;
}

const struct type type_number = {
	.name = "a whole number",
	.json_type = "integer",
	.json_pattern = "^-?" PATTERN_NUMBER "$",
	.size = sizeof(int64_t),
	.read = number_type_read,
	.print = number_print,
	.equal = number_equal,
};
