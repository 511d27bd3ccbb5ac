/* Any bytes as the head of a disk image: nothing is read outside of it, and what is understood has
 * a format, and names without NULs that are no longer than the header allows. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "host/read/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ARENA_AUTO struct arena *arena = arena_new();
	struct host_image image = {};
	struct faults faults;

	faults_init(&faults, arena);
	int result = image_read(arena, data, size, size, &image, &faults);
	demand((result < 0) == (faults.count > 0));
	if (result < 0)
		return 0;
	demand(string_equal(image.format, "qcow2") || string_equal(image.format, "raw"));
	demand(!image.backing || strlen(image.backing) <= 1023);
	demand(!image.backing_format || strlen(image.backing_format) <= 15);
	demand(string_equal(image.format, "qcow2") || (!image.backing && !image.data_file));
	return 0;
}
