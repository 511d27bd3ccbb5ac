#include "formats/iso9660.h"

#include <stdint.h>
#include <string.h>

/* ECMA-119, 8.4 (volume descriptors) and 9.1 (directory records). */
enum {
	SECTOR = 2048,
	FIRST_DESCRIPTOR = 16,
	PRIMARY = 1,
	SUPPLEMENTARY = 2,
	TERMINATOR = 255,
	LABEL_AT = 40,
	LABEL_SIZE = 32,
	ROOT_AT = 156,
	DATES_AT = 813,
	DATES = 4,
	DATE_SIZE = 17,
	RECORD_EXTENT_AT = 2,
	RECORD_DATE_AT = 18,
	RECORD_NAME_AT = 33,
	RECORD_DATE_SIZE = 7,
};

/* 9.1.5: years since 1900, month, day, hour, minute, second, offset from GMT. */
static const char settled[RECORD_DATE_SIZE] = { 80, 1, 1, 0, 0, 0, 0 };

static uint32_t u32_at(const char *at)
{
	const unsigned char *byte = (const unsigned char *)at;

	return byte[0] | (uint32_t)byte[1] << 8 | (uint32_t)byte[2] << 16 | (uint32_t)byte[3] << 24;
}

/* Rock Ridge's TF entry in a record's system use area (RRIP 4.1.6): dates from its fifth byte. */
static void stamps_settle(char *area, size_t size)
{
	while (size >= 5) {
		size_t length = (unsigned char)area[2];
		if (length < 5 || length > size)
			return;
		if (memcmp(area, "TF", 2) == 0)
			for (size_t at = 5; at + RECORD_DATE_SIZE <= length; at += RECORD_DATE_SIZE)
				memcpy(area + at, settled, RECORD_DATE_SIZE);
		area += length;
		size -= length;
	}
}

/* The length of the record there; 0: none. */
static size_t record_settle(char *record, size_t room)
{
	size_t size = room ? (unsigned char)*record : 0;

	if (size <= RECORD_NAME_AT || size > room)
		return 0;
	memcpy(record + RECORD_DATE_AT, settled, RECORD_DATE_SIZE);
	size_t name = (unsigned char)record[RECORD_NAME_AT - 1];
	size_t area = RECORD_NAME_AT + name + !(name % 2);
	if (area < size)
		stamps_settle(record + area, size - area);
	return size;
}

/* The root folder stands in the descriptor, and as its own "." and "..". */
static void root_settle(char *image, size_t size, char *descriptor)
{
	uint64_t at = (uint64_t)u32_at(descriptor + ROOT_AT + RECORD_EXTENT_AT) * SECTOR;

	memcpy(descriptor + ROOT_AT + RECORD_DATE_AT, settled, RECORD_DATE_SIZE);
	if (at >= size)
		return;
	size_t first = record_settle(image + at, size - at);
	if (first)
		record_settle(image + at + first, size - at - first);
}

static void descriptor_settle(char *descriptor, const char *label)
{
	if (*descriptor == PRIMARY)
		memcpy(descriptor + LABEL_AT, label, strnlen(label, LABEL_SIZE));
	/* 8.4.26.1: digits zero and offset zero say that a date is not specified. */
	memset(descriptor + DATES_AT, '0', DATES * DATE_SIZE);
	for (size_t i = 1; i <= DATES; i++)
		descriptor[DATES_AT + i * DATE_SIZE - 1] = '\0';
}

void iso9660_settle(char *image, size_t size, const char *label)
{
	size_t at = FIRST_DESCRIPTOR * SECTOR;

	for (; at + SECTOR <= size; at += SECTOR) {
		unsigned char type = (unsigned char)image[at];
		if (memcmp(image + at + 1, "CD001", 5) != 0)
			return;
		if (type == TERMINATOR)
			break;
		if (type != PRIMARY && type != SUPPLEMENTARY)
			continue;
		descriptor_settle(image + at, label);
		root_settle(image, size, image + at);
	}
	if (at + 2 * SECTOR <= size && memcmp(image + at + SECTOR, "INFO ", 5) == 0)
		memset(image + at + SECTOR, 0, SECTOR);
}
