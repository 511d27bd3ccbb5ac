/* bytes and rate: amounts with a unit. */
#include <ctype.h>
#include <string.h>

#include "schema/pattern.h"
#include "schema/scalar.h"

static const char prefixes[] = "KMGTPE";
enum { PREFIXES = sizeof(prefixes) - 1 };

/* "B", "KiB" and "K", "MiB" and "M", ...: the power of two it stands for. */
static bool binary_unit_read(const char **at, unsigned *ret_shift)
{
	const char *prefix = **at ? strchr(prefixes, **at) : NULL;

	if (prefix) {
		*ret_shift = 10 * ((unsigned)(prefix - prefixes) + 1);
		*at += string_starts(*at + 1, "iB") ? 3 : 1;
		return true;
	}
	if (**at != 'B')
		return false;
	*ret_shift = 0;
	*at += 1;
	return true;
}

static bool binary_read(const char **at, uint64_t *ret_count)
{
	const char *from = *at;
	uint64_t count = 0;
	unsigned shift = 0;

	if (!digits_read(&from, &count) || !binary_unit_read(&from, &shift) ||
	    count > UINT64_MAX >> shift)
		return false;
	*at = from;
	*ret_count = count << shift;
	return true;
}

/* In the largest binary unit that loses nothing. */
static void binary_print(uint64_t count, struct text *text)
{
	unsigned step = 0;

	while (count && !(count & 1023) && step < PREFIXES) {
		count >>= 10;
		step++;
	}
	text_addf(text, "%llu", (unsigned long long)count);
	if (step)
		text_addf(text, "%ciB", prefixes[step - 1]);
	else
		text_add(text, "B");
}

/* ---- bytes ---- */

bool bytes_parse(const char *text, struct bytes *ret_bytes)
{
	uint64_t count = 0;

	if (!binary_read(&text, &count) || *text)
		return false;
	ret_bytes->count = count;
	return true;
}

static bool bytes_parse_value(struct arena *arena, const char *text, void *value)
{
	(void)arena;
	return bytes_parse(text, value);
}

/* "4.5", "4": an amount of 1024^step bytes as whole bytes; false where it is none. */
static bool decimal_bytes(const char *whole_text, size_t size, unsigned step, uint64_t *ret_count)
{
	const char *at = whole_text, *end = whole_text + size;
	uint64_t whole = 0, scale = 1;

	for (bool point = false; at < end; at++) {
		if (*at == '.' && !point) {
			point = true;
			continue;
		}
		if (!isdigit((unsigned char)*at) || __builtin_mul_overflow(whole, 10, &whole) ||
		    __builtin_add_overflow(whole, (uint64_t)(*at - '0'), &whole) ||
		    (point && __builtin_mul_overflow(scale, 10, &scale)))
			return false;
	}
	if (whole > UINT64_MAX >> (10 * step) || (whole << (10 * step)) % scale)
		return false;
	*ret_count = (whole << (10 * step)) / scale;
	return true;
}

static const char *bytes_hint(struct arena *arena, const char *text)
{
	const char *plain = text_squeezed(arena, text);
	size_t digits = strspn(plain, "0123456789.");
	const char *unit = plain + digits;
	char upper = (char)toupper((unsigned char)unit[0]);
	const char *prefix = upper ? strchr(prefixes, upper) : NULL;
	unsigned step = prefix ? (unsigned)(prefix - prefixes) + 1 : 0;
	uint64_t count = 0;
	struct text offer = text_of(arena);

	if (!digits)
		return NULL;
	if (!unit[0])
		return arena_printf(arena, "a size needs its unit: %sMiB or %sGiB", plain, plain);
	const char *rest = unit + (prefix ? 1 : 0);
	if (!prefix && upper != 'B')
		return "the units are B, KiB, MiB, GiB, TiB, PiB and EiB";
	if (!decimal_bytes(plain, digits, step, &count)) {
		if (!memchr(plain, '.', digits))
			return "a size must be less than 16EiB";
		return "write a whole number of a smaller unit";
	}
	binary_print(count, &offer);
	if (prefix && strcasecmp(rest, "B") == 0)
		return arena_printf(arena, "sizes are binary: write %s", offer.at);
	return arena_printf(arena, "write %s", offer.at);
}

static int bytes_read(struct arena *arena, const struct field *field, const struct node *node,
		      void *value, struct faults *faults)
{
	static const struct scalar bytes = { &type_bytes, bytes_parse_value, bytes_hint };

	return scalar_read(&bytes, arena, field, node, value, faults);
}

static void bytes_print(const void *value, struct text *text)
{
	binary_print(((const struct bytes *)value)->count, text);
}

static bool bytes_equal(const void *a, const void *b)
{
	return ((const struct bytes *)a)->count == ((const struct bytes *)b)->count;
}

const struct type type_bytes = {
	.name = "a size, like 4GiB",
	.json_type = "string",
	.json_pattern = "^[0-9]+(B|[KMGTPE](iB)?)$",
	.size = sizeof(struct bytes),
	.read = bytes_read,
	.print = bytes_print,
	.equal = bytes_equal,
};

/* ---- rate ---- */

static const char bit_prefixes[] = "kMGT";

/* "bit/s", "kbit/s", ...: bits, decimal; a rate that is no whole number of bytes is refused. */
static bool bits_read(const char **at, uint64_t *ret_bytes)
{
	const char *from = *at;
	uint64_t bits = 0;

	if (!digits_read(&from, &bits))
		return false;
	const char *prefix = *from ? strchr(bit_prefixes, *from) : NULL;
	for (const char *step = bit_prefixes; prefix && step <= prefix; step++)
		if (__builtin_mul_overflow(bits, 1000, &bits))
			return false;
	from += prefix ? 1 : 0;
	if (!string_starts(from, "bit") || bits % 8)
		return false;
	*at = from + strlen("bit");
	*ret_bytes = bits / 8;
	return true;
}

static bool rate_parse(struct arena *arena, const char *text, void *value)
{
	uint64_t bytes = 0;

	(void)arena;
	if (!bits_read(&text, &bytes) && !binary_read(&text, &bytes))
		return false;
	if (!string_equal(text, "/s"))
		return false;
	((struct rate *)value)->bytes = bytes;
	return true;
}

static const char *rate_hint(struct arena *arena, const char *text)
{
	const char *plain = text_squeezed(arena, text);
	int digits = (int)strspn(plain, "0123456789");
	char upper = (char)toupper((unsigned char)plain[digits]);
	const char *prefix = upper ? strchr(prefixes, upper) : NULL;

	if (!digits)
		return NULL;
	if (!prefix || prefix > prefixes + 3)
		return "the units are B/s, KiB/s, MiB/s, GiB/s for bytes and bit/s, kbit/s, "
		       "Mbit/s, Gbit/s for bits";
	const char *bytes = arena_printf(arena, "%.*s%ciB/s", digits, plain, upper);
	const char *bits =
		arena_printf(arena, "%.*s%cbit/s", digits, plain, upper == 'K' ? 'k' : upper);
	struct rate rate = {};
	if (!rate_parse(arena, bytes, &rate) || !rate_parse(arena, bits, &rate))
		return "a rate must be less than 16EiB/s";
	return arena_printf(arena, "write %s for bytes, %s for bits", bytes, bits);
}

static int rate_read(struct arena *arena, const struct field *field, const struct node *node,
		     void *value, struct faults *faults)
{
	static const struct scalar rate = { &type_rate, rate_parse, rate_hint };

	return scalar_read(&rate, arena, field, node, value, faults);
}

static void rate_print(const void *value, struct text *text)
{
	uint64_t bytes = ((const struct rate *)value)->bytes, bits = 0;
	int step = -1;

	/* Bits only where they are rounder: 125000000 bytes are 1Gbit/s, 1048576 are 1MiB/s. */
	if (bytes % 1024 && !__builtin_mul_overflow(bytes, 8, &bits)) {
		while (bits % 1000 == 0 && bit_prefixes[step + 1]) {
			bits /= 1000;
			step++;
		}
	}
	if (step < 0)
		binary_print(bytes, text);
	else
		text_addf(text, "%llu%cbit", (unsigned long long)bits, bit_prefixes[step]);
	text_add(text, "/s");
}

static bool rate_equal(const void *a, const void *b)
{
	return ((const struct rate *)a)->bytes == ((const struct rate *)b)->bytes;
}

const struct type type_rate = {
	.name = "a rate, like 100MiB/s or 1Gbit/s",
	.json_type = "string",
	.json_pattern = "^[0-9]+(B|[KMGTPE](iB)?|[kMGT]?bit)/s$",
	.size = sizeof(struct rate),
	.read = rate_read,
	.print = rate_print,
	.equal = rate_equal,
};
