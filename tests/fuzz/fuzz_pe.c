/* Any bytes as an EFI program: what is found lies inside it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "formats/pe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data, *found = NULL;
	size_t found_size = 0;

	pe_is_signed(bytes, size);
	if (!pe_section(bytes, size, ".cmdline", &found, &found_size))
		return 0;
	if (found < bytes || found_size > size || (size_t)(found - bytes) > size - found_size)
		abort();
	return 0;
}
