/* cpus: sets of CPUs as cgroups write them, plus ^ for what is left out. */
#include <string.h>

#include "base/array.h"
#include "schema/pattern.h"
#include "schema/scalar.h"

bool cpus_has(const struct cpus *cpus, unsigned cpu)
{
	return cpu < CPU_MAX && cpus->mask[cpu / 64] >> cpu % 64 & 1;
}

void cpus_add(struct cpus *cpus, unsigned cpu)
{
	if (cpu < CPU_MAX)
		cpus->mask[cpu / 64] |= UINT64_C(1) << cpu % 64;
}

unsigned cpus_count(const struct cpus *cpus)
{
	unsigned count = 0;

	for (size_t i = 0; i < COUNT_OF(cpus->mask); i++)
		count += (unsigned)__builtin_popcountll(cpus->mask[i]);
	return count;
}

struct cpus cpus_without(const struct cpus *cpus, const struct cpus *without)
{
	struct cpus rest = *cpus;

	for (size_t i = 0; i < COUNT_OF(rest.mask); i++)
		rest.mask[i] &= ~without->mask[i];
	return rest;
}

void cpus_join(struct cpus *into, const struct cpus *more)
{
	for (size_t i = 0; i < COUNT_OF(into->mask); i++)
		into->mask[i] |= more->mask[i];
}

struct cpus cpus_both(const struct cpus *a, const struct cpus *b)
{
	const struct cpus rest = cpus_without(a, b);

	return cpus_without(a, &rest);
}

bool cpus_overlap(const struct cpus *a, const struct cpus *b)
{
	for (size_t i = 0; i < COUNT_OF(a->mask); i++)
		if (a->mask[i] & b->mask[i])
			return true;
	return false;
}

bool cpus_within(const struct cpus *part, const struct cpus *whole)
{
	const struct cpus rest = cpus_without(part, whole);

	return cpus_count(&rest) == 0;
}

/* ---- masks ---- */

enum { DIGIT_CPUS = 4, WORD_DIGITS = 8 };

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool cpus_parse_mask(const char *text, struct cpus *ret_cpus)
{
	struct cpus cpus = {};
	unsigned first = 0;
	size_t size = strcspn(text, "\n");

	if (!size || size > CPU_MAX / DIGIT_CPUS * 2)
		return false;
	for (size_t i = size; i-- > 0;) {
		int digit = digit_of(text[i]);
		if (text[i] == ',')
			continue;
		if (digit < 0)
			return false;
		for (unsigned bit = 0; bit < DIGIT_CPUS; bit++)
			if (digit >> bit & 1)
				cpus_add(&cpus, first + bit);
		first += DIGIT_CPUS;
	}
	*ret_cpus = cpus;
	return true;
}

const char *cpus_mask_text(struct arena *arena, const struct cpus *cpus, const char *like)
{
	struct text text = text_of(arena);
	unsigned digits = 0;

	for (const char *at = like; *at && *at != '\n'; at++)
		digits += digit_of(*at) >= 0;
	while (digits-- > 0) {
		unsigned value = 0;
		for (unsigned bit = 0; bit < DIGIT_CPUS; bit++)
			value |= (unsigned)cpus_has(cpus, digits * DIGIT_CPUS + bit) << bit;
		text_addf(&text, "%x%s", value, digits && digits % WORD_DIGITS == 0 ? "," : "");
	}
	return text.at;
}

/* ---- lists ---- */

/* One "7", "2-7", "^3" or "^4-5" into the set it belongs to. */
static const char *part_read(const char **at, struct cpus *in, struct cpus *out)
{
	struct cpus *set = **at == '^' ? out : in;
	uint64_t first = 0, last = 0;

	*at += set == out;
	if (!number_read(at, UINT32_MAX, &first))
		return "it is a list of numbers and ranges, like 0,2-7,^3";
	last = first;
	if (**at == '-') {
		*at += 1;
		if (!number_read(at, UINT32_MAX, &last))
			return "a range has a last number, like 2-7";
	}
	if (last < first)
		return "a range goes from the lower number to the higher";
	if (last >= CPU_MAX)
		return "CPUs are numbered from 0 to 4095";
	for (uint64_t cpu = first; cpu <= last; cpu++)
		cpus_add(set, (unsigned)cpu);
	return NULL;
}

/* NULL, or what is wrong.  What is excluded is out wherever it stands. */
static const char *set_read(const char *text, struct cpus *ret_cpus)
{
	struct cpus in = {}, out = {};

	for (bool more = true; more;) {
		const char *wrong = part_read(&text, &in, &out);
		if (wrong)
			return wrong;
		if (*text && *text != ',')
			return "it is a list of numbers and ranges, like 0,2-7,^3";
		more = *text == ',';
		text += more;
	}
	for (size_t i = 0; i < COUNT_OF(in.mask); i++)
		in.mask[i] &= ~out.mask[i];
	if (!cpus_count(&in))
		return "no CPU is left in it";
	*ret_cpus = in;
	return NULL;
}

bool cpus_parse(const char *text, struct cpus *ret_cpus)
{
	return !set_read(text, ret_cpus);
}

static bool cpus_parse_value(struct arena *arena, const char *text, void *value)
{
	(void)arena;
	return cpus_parse(text, value);
}

static const char *cpus_hint(struct arena *arena, const char *text)
{
	const char *squeezed = text_squeezed(arena, text);
	struct cpus cpus = {};

	if (!set_read(squeezed, &cpus))
		return arena_printf(arena, "write %s", squeezed);
	return set_read(text, &cpus);
}

static int cpus_read(struct arena *arena, const struct field *field, const struct node *node,
		     void *value, struct faults *faults)
{
	static const struct scalar cpus = { &type_cpus, cpus_parse_value, cpus_hint };

	return scalar_read(&cpus, arena, field, node, value, faults);
}

static void cpus_print(const void *value, struct text *text)
{
	const struct cpus *cpus = value;
	const char *comma = "";

	for (unsigned cpu = 0; cpu < CPU_MAX; cpu++) {
		unsigned last = cpu;
		if (!cpus_has(cpus, cpu))
			continue;
		while (cpus_has(cpus, last + 1))
			last++;
		text_addf(text, last > cpu ? "%s%u-%u" : "%s%u", comma, cpu, last);
		comma = ",";
		cpu = last;
	}
}

static bool cpus_equal(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct cpus)) == 0;
}

#define PATTERN_PART "\\^?" PATTERN_NUMBER "(-" PATTERN_NUMBER ")?"

const struct type type_cpus = {
	.name = "a CPU set, like 0,2-7,^3",
	.json_type = "string",
	.json_pattern = "^" PATTERN_PART "(," PATTERN_PART ")*$",
	.size = sizeof(struct cpus),
	.read = cpus_read,
	.print = cpus_print,
	.equal = cpus_equal,
};
