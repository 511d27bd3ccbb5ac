#include "formats/uuid.h"

#include <ctype.h>
#include <string.h>

static uint32_t rotate(uint32_t word, unsigned by)
{
	return word << by | word >> (32 - by);
}

static void sha1_words(uint32_t word[80], const uint8_t *block)
{
	for (unsigned i = 0; i < 16; i++)
		word[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
			  (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
	for (unsigned i = 16; i < 80; i++)
		word[i] = rotate(word[i - 3] ^ word[i - 8] ^ word[i - 14] ^ word[i - 16], 1);
}

static uint32_t sha1_round(unsigned i, uint32_t b, uint32_t c, uint32_t d)
{
	if (i < 20)
		return ((b & c) | (~b & d)) + 0x5a827999;
	if (i < 40)
		return (b ^ c ^ d) + 0x6ed9eba1;
	if (i < 60)
		return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
	return (b ^ c ^ d) + 0xca62c1d6;
}

static void sha1_block(uint32_t state[5], const uint8_t *block)
{
	uint32_t word[80], at[5];

	sha1_words(word, block);
	memcpy(at, state, sizeof(at));
	for (unsigned i = 0; i < 80; i++) {
		uint32_t next =
			rotate(at[0], 5) + sha1_round(i, at[1], at[2], at[3]) + at[4] + word[i];
		at[4] = at[3];
		at[3] = at[2];
		at[2] = rotate(at[1], 30);
		at[1] = at[0];
		at[0] = next;
	}
	for (unsigned i = 0; i < 5; i++)
		state[i] += at[i];
}

void sha1(const void *bytes, size_t size, uint8_t ret_digest[SHA1_SIZE])
{
	uint32_t state[5] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 };
	const uint8_t *from = bytes;
	uint8_t tail[128] = {};
	size_t rest = size % 64, tail_size = rest < 56 ? 64 : 128;

	for (size_t at = 0; at + 64 <= size; at += 64)
		sha1_block(state, from + at);
	memcpy(tail, from + size - rest, rest);
	tail[rest] = 0x80;
	for (unsigned i = 0; i < 8; i++)
		tail[tail_size - 1 - i] = (uint8_t)((uint64_t)size * 8 >> 8 * i);
	for (size_t at = 0; at < tail_size; at += 64)
		sha1_block(state, tail + at);
	for (unsigned i = 0; i < SHA1_SIZE; i++)
		ret_digest[i] = (uint8_t)(state[i / 4] >> (24 - 8 * (i % 4)));
}

static const uint8_t name_space[16] = { 0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1,
					0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8 };

const char *uuid_of(struct arena *arena, const char *name)
{
	struct text seed = text_of(arena);
	uint8_t u[SHA1_SIZE];

	text_add_bytes(&seed, name_space, sizeof(name_space));
	text_add(&seed, name);
	sha1(seed.at, seed.size, u);
	u[6] = (uint8_t)((u[6] & 0x0f) | 0x50);
	u[8] = (uint8_t)((u[8] & 0x3f) | 0x80);
	return arena_printf(arena,
			    "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
			    u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9], u[10],
			    u[11], u[12], u[13], u[14], u[15]);
}

enum { UUID_SIZE = 16 };

static const char *gap_skip(const char *at)
{
	while (*at == '-' || isspace((unsigned char)*at))
		at++;
	return at;
}

static bool uuid_digits(const char *text, char ret_digits[2 * UUID_SIZE])
{
	while (isspace((unsigned char)*text))
		text++;
	for (unsigned i = 0; i < UUID_SIZE; i++) {
		text = i ? gap_skip(text) : text;
		for (unsigned half = 0; half < 2; half++, text++) {
			if (!isxdigit((unsigned char)*text))
				return false;
			ret_digits[2 * i + half] = (char)tolower((unsigned char)*text);
		}
	}
	while (isspace((unsigned char)*text))
		text++;
	return !*text;
}

bool uuid_is_valid(const char *text)
{
	char digits[2 * UUID_SIZE];

	return uuid_digits(text, digits);
}

const char *uuid_canonical(struct arena *arena, const char *text)
{
	char d[2 * UUID_SIZE];

	if (!uuid_digits(text, d))
		return text;
	return arena_printf(arena, "%.8s-%.4s-%.4s-%.4s-%.12s", d, d + 8, d + 12, d + 16, d + 20);
}

bool uuid_equal(const void *want, const void *have)
{
	const char *a = *(const char *const *)want, *b = *(const char *const *)have;
	char digits[2 * UUID_SIZE], others[2 * UUID_SIZE];

	if (!a || !b)
		return a == b;
	if (!uuid_digits(a, digits) || !uuid_digits(b, others))
		return strcmp(a, b) == 0;
	return memcmp(digits, others, sizeof(digits)) == 0;
}

struct mac mac_of(struct arena *arena, const char *guest, const char *nic)
{
	const char *name = arena_printf(arena, "%s/%s", guest, nic);
	uint8_t digest[SHA1_SIZE];

	sha1(name, strlen(name), digest);
	return (struct mac){ { 0x52, 0x54, 0x00, digest[0], digest[1], digest[2] } };
}
