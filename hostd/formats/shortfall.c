#include "formats/shortfall.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schema/type.h"

const char *shortfall_path(struct arena *arena, const char *path)
{
	char *name = arena_strdup(arena, path + (*path == '/'));

	for (char *at = name; *at; at++)
		if (*at == '/')
			*at = '.';
	return arena_printf(arena, "/run/gasthof/short/%s", name);
}

const char *shortfall_text(struct arena *arena, const struct shortfall *shortfall)
{
	return arena_printf(arena, "%" PRIu64 " %" PRIu64 " %" PRIu64 "\n", shortfall->asked,
			    shortfall->reached, shortfall->available);
}

bool shortfall_read(const char *text, struct shortfall *ret)
{
	struct shortfall read = {};

	if (sscanf(text, "%" SCNu64 " %" SCNu64 " %" SCNu64, &read.asked, &read.reached,
		   &read.available) != 3)
		return false;
	*ret = read;
	return true;
}

uint64_t meminfo_bytes(const char *text, const char *name)
{
	size_t size = strlen(name);

	for (const char *at = strstr(text, name); at; at = strstr(at + 1, name)) {
		bool whole = at == text || at[-1] == ' ' || at[-1] == '\n';
		if (whole && at[size] == ':')
			return strtoull(at + size + 1, NULL, 10) * 1024;
	}
	return 0;
}

uint64_t meminfo_available(const char *text)
{
	uint64_t available = meminfo_bytes(text, "MemAvailable");

	return available ? available
			 : meminfo_bytes(text, "MemFree") + meminfo_bytes(text, "FilePages");
}

const char *pool_size_text(struct arena *arena, const char *path)
{
	const char *folder = strstr(path, "hugepages-");
	unsigned long long kilobytes = 0;

	if (!folder || sscanf(folder, "hugepages-%llukB", &kilobytes) != 1)
		return "";
	return type_text_of(&type_bytes, &(struct bytes){ kilobytes * 1024 }, arena);
}
