/* Any bytes as JSON: what is read is written, and what was written is read again and written the
 * same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "formats/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ARENA_AUTO struct arena *arena = arena_new();
	struct text first = text_of(arena), second = text_of(arena);
	struct node *node = NULL, *again = NULL;
	struct faults faults;

	faults_init(&faults, arena);
	int result = json_read(arena, (const char *)data, size, &node, &faults);
	demand((result < 0) == (faults.count > 0));
	if (result < 0)
		return 0;
	json_write(&first, node, size % 2);
	demand(json_read(arena, first.at, first.size, &again, &faults) == 0);
	json_write(&second, again, size % 2);
	demand(string_equal(first.at, second.at));
	return 0;
}
