/* ratio. */
#include "base/array.h"
#include "schema/pattern.h"
#include "schema/scalar.h"

enum { RATIO_ONE = 1000, RATIO_MOST = 1000000 };

/* "1", "1.5", "0.75"; what follows the third digit is too fine to matter. */
static bool ratio_parse(struct arena *arena, const char *text, void *value)
{
	uint64_t whole = 0, part = 0;

	(void)arena;
	if (!number_read(&text, RATIO_MOST, &whole))
		return false;
	if (*text == '.' && !text[1])
		return false;
	text += *text == '.';
	for (uint64_t place = RATIO_ONE / 10; *text >= '0' && *text <= '9'; text++, place /= 10)
		part += (uint64_t)(*text - '0') * place;
	if (*text)
		return false;
	((struct ratio *)value)->thousandths = whole * RATIO_ONE + part;
	return true;
}

static int ratio_read(struct arena *arena, const struct field *field, const struct node *node,
		      void *value, struct faults *faults)
{
	static const struct scalar ratio = { &type_ratio, ratio_parse, NULL };

	return scalar_read(&ratio, arena, field, node, value, faults);
}

static void ratio_print(const void *value, struct text *text)
{
	uint64_t thousandths = ((const struct ratio *)value)->thousandths;
	unsigned part = (unsigned)(thousandths % RATIO_ONE), digits = 3;

	text_addf(text, "%llu", (unsigned long long)(thousandths / RATIO_ONE));
	for (; part && part % 10 == 0; digits--)
		part /= 10;
	if (part)
		text_addf(text, ".%0*u", (int)digits, part);
}

static bool ratio_equal(const void *a, const void *b)
{
	return ((const struct ratio *)a)->thousandths == ((const struct ratio *)b)->thousandths;
}

const struct type type_ratio = {
	.name = "a factor, like 1.5",
	.json_type = "string",
	.json_pattern = "^" PATTERN_NUMBER "(\\.[0-9]+)?$",
	.size = sizeof(struct ratio),
	.read = ratio_read,
	.print = ratio_print,
	.equal = ratio_equal,
};
