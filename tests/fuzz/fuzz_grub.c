/* Any bytes as GRUB's menu: an entry that is found can be written with another line, and is then
 * found with that line again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "formats/cmdline.h"
#include "formats/grub.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ARENA_AUTO struct arena *arena = arena_new();
	const char *text = arena_strndup(arena, (const char *)data, size);
	struct grub_entry entry, again;

	grub_environment(arena, text, "next_entry");
	grub_first_is_default(text);
	grub_knows_next(text);
	grub_addition_read(arena, text);
	if (!grub_entry_first(arena, text, &entry))
		return 0;
	const char *made = grub_entry_with(arena, &entry, "title", "id", "a=b c=\"d e;'\" f");
	demand(grub_entry_first(arena, made, &again));
	demand(string_equal(again.line, "a=b c=\"d e;'\" f"));
	return 0;
}
