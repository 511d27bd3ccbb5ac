/* Any bytes as an ISO 9660 image: nothing outside of it is touched, and to settle it twice changes
 * nothing more.  The sixteen sectors before the descriptors are zeros, as always. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "formats/iso9660.h"

enum { SYSTEM_AREA = 16 * 2048 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t whole = SYSTEM_AREA + size;
	char *image = calloc(1, whole), *once = malloc(whole);

	memcpy(image + SYSTEM_AREA, data, size);
	iso9660_settle(image, whole, "cidata");
	memcpy(once, image, whole);
	iso9660_settle(image, whole, "cidata");
	if (memcmp(once, image, whole) != 0)
		abort();
	free(image);
	free(once);
	return 0;
}
