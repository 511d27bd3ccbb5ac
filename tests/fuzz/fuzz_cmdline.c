/* Any bytes as a kernel command line: what is printed reads the same again, and every word of a
 * line is found on it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "formats/cmdline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool holds)
{
	if (!holds)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ARENA_AUTO struct arena *arena = arena_new();
	struct cmdline line, again;

	cmdline_parse(arena, arena_strndup(arena, (const char *)data, size), &line);
	cmdline_parse(arena, cmdline_print(arena, &line), &again);
	demand(line.list.count == again.list.count);
	for (size_t i = 0; i < line.list.count; i++) {
		demand(string_equal(line.list.at[i].name, again.list.at[i].name));
		demand(string_equal(line.list.at[i].value, again.list.at[i].value));
	}
	size_t count = again.list.count;
	if (count < 2 || string_equal(again.list.at[0].name, CMDLINE_INIT))
		return 0;
	demand(cmdline_take(&again, line.list.at[0].text));
	cmdline_add(arena, &again, line.list.at[0].text);
	cmdline_parse(arena, cmdline_print(arena, &again), &line);
	demand(line.list.count <= count);
	return 0;
}
