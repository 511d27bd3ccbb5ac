#include "host/read/image.h"

#include <string.h>

/* Offsets of the fields, docs/interop/qcow2.txt. */
enum {
	AT_VERSION = 4,
	AT_BACKING_OFFSET = 8,
	AT_BACKING_SIZE = 16,
	AT_CLUSTER_BITS = 20,
	AT_SIZE = 24,
	AT_INCOMPATIBLE = 72,
	AT_HEADER_LENGTH = 100,
	V2_LENGTH = 72,
	V3_LENGTH = 104,
	BACKING_NAME_MAX = 1023,
	BACKING_FORMAT_MAX = 15,
};
static const uint32_t EXTENSION_END = 0, EXTENSION_BACKING_FORMAT = 0xe2792aca,
		      EXTENSION_DATA_FILE = 0x44415441;
static const uint64_t INCOMPATIBLE_DATA_FILE = 1 << 2;

struct head {
	const unsigned char *at;
	size_t size;
};

static uint32_t u32_at(const struct head *head, size_t offset)
{
	const unsigned char *at = head->at + offset;

	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint64_t u64_at(const struct head *head, size_t offset)
{
	return (uint64_t)u32_at(head, offset) << 32 | u32_at(head, offset + 4);
}

static bool holds(const struct head *head, uint64_t offset, uint64_t size)
{
	return offset <= head->size && size <= head->size - offset;
}

static int malformed(struct faults *faults, const char *what)
{
	return fault(faults, FAULT_HOST, "malformed qcow2 header: %s", what);
}

static const char *name_at(struct arena *arena, const struct head *head, size_t offset, size_t size)
{
	if (memchr(head->at + offset, '\0', size))
		return NULL;
	return arena_strndup(arena, (const char *)head->at + offset, size);
}

/* They end with their end mark, at the backing file's name, or with the first cluster. */
static int extensions_read(struct arena *arena, const struct head *head, uint64_t at,
			   struct host_image *image, struct faults *faults)
{
	uint64_t backing = u64_at(head, AT_BACKING_OFFSET);
	uint64_t end = backing ? backing : 1ULL << u32_at(head, AT_CLUSTER_BITS);

	while (at < end) {
		if (!holds(head, at, 8))
			return malformed(faults, "its extensions leave it");
		uint32_t type = u32_at(head, at), size = u32_at(head, at + 4);
		if (type == EXTENSION_END)
			return 0;
		if (!holds(head, at + 8, size))
			return malformed(faults, "an extension leaves it");
		if (type == EXTENSION_DATA_FILE)
			image->data_file = true;
		if (type == EXTENSION_BACKING_FORMAT) {
			image->backing_format = size <= BACKING_FORMAT_MAX
							? name_at(arena, head, at + 8, size)
							: NULL;
			if (!image->backing_format)
				return malformed(faults, "its backing format is no name");
		}
		at += 8 + (((uint64_t)size + 7) & ~(uint64_t)7);
	}
	return 0;
}

static int backing_read(struct arena *arena, const struct head *head, struct host_image *image,
			struct faults *faults)
{
	uint64_t offset = u64_at(head, AT_BACKING_OFFSET);
	uint32_t size = u32_at(head, AT_BACKING_SIZE);

	if (!offset)
		return 0;
	if (size > BACKING_NAME_MAX || !holds(head, offset, size))
		return malformed(faults, "its backing file name leaves it");
	image->backing = name_at(arena, head, offset, size);
	return image->backing ? 0 : malformed(faults, "its backing file name holds a NUL");
}

static int qcow2_read(struct arena *arena, const struct head *head, struct host_image *image,
		      struct faults *faults)
{
	if (!holds(head, 0, V2_LENGTH))
		return malformed(faults, "too short");
	uint32_t version = u32_at(head, AT_VERSION), length = V2_LENGTH;
	if (version != 2 && version != 3)
		return fault(faults, FAULT_HOST, "qcow2 version %u is not known", version);
	if (version == 3 && !holds(head, 0, V3_LENGTH))
		return malformed(faults, "too short");
	uint32_t bits = u32_at(head, AT_CLUSTER_BITS);
	if (bits < 9 || bits > 21)
		return malformed(faults, "its cluster size is out of bounds");
	if (version == 3) {
		length = u32_at(head, AT_HEADER_LENGTH);
		image->data_file = u64_at(head, AT_INCOMPATIBLE) & INCOMPATIBLE_DATA_FILE;
	}
	if (length < (version == 3 ? V3_LENGTH : V2_LENGTH) || !holds(head, 0, length) ||
	    length % 8)
		return malformed(faults, "its length is out of bounds");
	image->format = "qcow2";
	image->virtual_size = u64_at(head, AT_SIZE);
	if (extensions_read(arena, head, length, image, faults) < 0)
		return -1;
	return backing_read(arena, head, image, faults);
}

int image_read(struct arena *arena, const unsigned char *head, size_t size, uint64_t file_size,
	       struct host_image *ret, struct faults *faults)
{
	struct host_image image = { .format = "raw", .virtual_size = file_size };
	struct head bounded = { .at = head, .size = size };

	if (size >= 4 && memcmp(head, "QFI\xfb", 4) == 0 &&
	    qcow2_read(arena, &bounded, &image, faults) < 0)
		return -1;
	*ret = image;
	return 0;
}
