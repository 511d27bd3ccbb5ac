#include "formats/pe.h"

#include <stdint.h>
#include <string.h>

enum {
	AT_HEADER = 0x3c,  /* offset of "PE\0\0" */
	COFF_SIZE = 24,    /* with the signature before it */
	SECTION_SIZE = 40, /* of one row of the section table */
	PE32_PLUS = 0x20b, /* magic of the optional header */
	DIRECTORIES = 112, /* in the optional header: where and how large, 8 bytes each */
	CERTIFICATES = 4,  /* which of them */
	SECTIONS_MAX = 96, /* as the Windows loader bounds it */
	SECTION_NAME = 8,
};

static uint32_t number(const char *at, unsigned size)
{
	uint32_t value = 0;

	while (size-- > 0)
		value = value << 8 | (unsigned char)at[size];
	return value;
}

struct pe {
	const char *optional; /* header */
	uint32_t optional_size;
	const char *sections;
	uint32_t section_count;
};

static bool pe_open(const char *bytes, size_t size, struct pe *ret)
{
	if (size < AT_HEADER + 4 || memcmp(bytes, "MZ", 2) != 0)
		return false;
	uint32_t header = number(bytes + AT_HEADER, 4);
	if (header > size || size - header < COFF_SIZE || memcmp(bytes + header, "PE\0", 4) != 0)
		return false;
	ret->section_count = number(bytes + header + 6, 2);
	ret->optional_size = number(bytes + header + 20, 2);
	ret->optional = bytes + header + COFF_SIZE;
	size_t left = size - header - COFF_SIZE;
	if (ret->section_count > SECTIONS_MAX ||
	    left < ret->optional_size + (size_t)ret->section_count * SECTION_SIZE)
		return false;
	ret->sections = ret->optional + ret->optional_size;
	return true;
}

bool pe_section(const char *bytes, size_t size, const char *name, const char **ret_bytes,
		size_t *ret_size)
{
	char padded[SECTION_NAME] = "";
	struct pe pe;

	if (!pe_open(bytes, size, &pe) || strlen(name) > SECTION_NAME)
		return false;
	memcpy(padded, name, strlen(name));
	for (uint32_t i = 0; i < pe.section_count; i++) {
		const char *row = pe.sections + (size_t)i * SECTION_SIZE;
		uint32_t used = number(row + 8, 4), stored = number(row + 16, 4);
		uint32_t at = number(row + 20, 4);
		if (memcmp(row, padded, SECTION_NAME) != 0)
			continue;
		if (at > size || size - at < stored)
			return false;
		*ret_bytes = bytes + at;
		*ret_size = used && used < stored ? used : stored;
		return true;
	}
	return false;
}

bool pe_is_signed(const char *bytes, size_t size)
{
	enum { ROW = DIRECTORIES + CERTIFICATES * 8 };
	struct pe pe;

	return pe_open(bytes, size, &pe) && pe.optional_size >= ROW + 8 &&
	       number(pe.optional, 2) == PE32_PLUS && number(pe.optional + ROW + 4, 4) > 0;
}
