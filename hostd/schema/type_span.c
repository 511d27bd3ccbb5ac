/* span: lengths of time as systemd.time(7) writes them. */
#include <string.h>

#include "base/array.h"
#include "schema/scalar.h"

#define USEC   UINT64_C(1)
#define MSEC   (1000 * USEC)
#define SECOND (1000 * MSEC)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define WEEK   (7 * DAY)
#define MONTH  (2629800 * SECOND)  /* 30.44 days */
#define YEAR   (31557600 * SECOND) /* 365.25 days */

/* systemd.time(7), "Parsing Time Spans". */
static const struct unit {
	const char *name;
	uint64_t microseconds;
} units[] = {
	{ "usec", USEC },    { "us", USEC },     { "\xc2\xb5s", USEC }, { "\xce\xbcs", USEC },
	{ "msec", MSEC },    { "ms", MSEC },     { "seconds", SECOND }, { "second", SECOND },
	{ "sec", SECOND },   { "s", SECOND },    { "minutes", MINUTE }, { "minute", MINUTE },
	{ "min", MINUTE },   { "m", MINUTE },    { "hours", HOUR },     { "hour", HOUR },
	{ "hr", HOUR },      { "h", HOUR },      { "days", DAY },       { "day", DAY },
	{ "d", DAY },        { "weeks", WEEK },  { "week", WEEK },      { "w", WEEK },
	{ "months", MONTH }, { "month", MONTH }, { "M", MONTH },        { "years", YEAR },
	{ "year", YEAR },    { "y", YEAR },
};
#define PATTERN_UNIT                                                                           \
	"(usec|us|\\u00b5s|\\u03bcs|msec|ms|seconds?|sec|s|minutes?|min|m|hours?|hr|h|days?|d" \
	"|weeks?|w|months?|M|years?|y)"

static bool unit_read(const char **at, uint64_t *ret_microseconds)
{
	size_t size = 0;

	while (((*at)[size] | 0x20) >= 'a' && ((*at)[size] | 0x20) <= 'z')
		size++;
	while ((unsigned char)(*at)[size] >= 0x80 || (size && (*at)[size] == 's'))
		size++;
	for (size_t i = 0; i < COUNT_OF(units); i++)
		if (strlen(units[i].name) == size && memcmp(units[i].name, *at, size) == 0) {
			*at += size;
			*ret_microseconds = units[i].microseconds;
			return true;
		}
	return false;
}

/* One "1.5h"; fractions of a microsecond are dropped, as systemd does. */
static bool part_read(const char **at, uint64_t *ret_microseconds)
{
	uint64_t number = 0, unit = 0, fraction = 0;
	const char *digits = NULL;

	if (!digits_read(at, &number))
		return false;
	if (**at == '.') {
		digits = *at + 1;
		*at += 1 + strspn(digits, "0123456789");
		if (*at == digits)
			return false;
	}
	*at += strspn(*at, " ");
	if (!unit_read(at, &unit))
		return false;
	for (uint64_t place = unit / 10; digits && *digits >= '0' && *digits <= '9'; place /= 10)
		fraction += place * (uint64_t)(*digits++ - '0');
	return !__builtin_mul_overflow(number, unit, &number) &&
	       !__builtin_add_overflow(number, fraction, ret_microseconds);
}

static bool span_parse(struct arena *arena, const char *text, void *value)
{
	uint64_t total = 0, part = 0;

	(void)arena;
	if (string_equal(text, "infinity")) {
		((struct span *)value)->microseconds = UINT64_MAX;
		return true;
	}
	text += strspn(text, " ");
	do {
		if (!part_read(&text, &part) || __builtin_add_overflow(total, part, &total))
			return false;
		text += strspn(text, " ");
	} while (*text);
	if (total == UINT64_MAX)
		return false;
	((struct span *)value)->microseconds = total;
	return true;
}

static const char *span_hint(struct arena *arena, const char *text)
{
	const char *plain = text_squeezed(arena, text);

	if (*plain && strspn(plain, "0123456789.") == strlen(plain))
		return arena_printf(arena, "a time needs its unit: %ss or %smin", plain, plain);
	return "the units are us, ms, s, min, h, d and w, as in 1h30min";
}

static int span_read(struct arena *arena, const struct field *field, const struct node *node,
		     void *value, struct faults *faults)
{
	static const struct scalar span = { &type_span, span_parse, span_hint };

	return scalar_read(&span, arena, field, node, value, faults);
}

static void span_print(const void *value, struct text *text)
{
	static const struct unit printed[] = { { "w", WEEK },     { "d", DAY },    { "h", HOUR },
					       { "min", MINUTE }, { "s", SECOND }, { "ms", MSEC },
					       { "us", USEC } };
	uint64_t left = ((const struct span *)value)->microseconds;

	if (left == UINT64_MAX) {
		text_add(text, "infinity");
		return;
	}
	if (!left)
		text_add(text, "0s");
	for (size_t i = 0; i < COUNT_OF(printed); i++) {
		uint64_t count = left / printed[i].microseconds;
		if (count)
			text_addf(text, "%llu%s", (unsigned long long)count, printed[i].name);
		left %= printed[i].microseconds;
	}
}

static bool span_equal(const void *a, const void *b)
{
	return ((const struct span *)a)->microseconds == ((const struct span *)b)->microseconds;
}

const struct type type_span = {
	.name = "a time, like 30s or 1h30min",
	.json_type = "string",
	.json_pattern = "^(infinity| *([0-9]+(\\.[0-9]+)? *" PATTERN_UNIT " *)+)$",
	.size = sizeof(struct span),
	.read = span_read,
	.print = span_print,
	.equal = span_equal,
};
