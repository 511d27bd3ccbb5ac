#include "formats/unit_name.h"

#include <ctype.h>

#include "base/text.h"

const char *unit_name_of_path(struct arena *arena, const char *path, const char *ending)
{
	struct text text = text_of(arena);

	for (; *path; path++) {
		bool first = !text.size;
		if (*path == '/' && (first || path[1] == '/' || !path[1]))
			continue;
		if (*path == '/')
			text_add(&text, "-");
		else if (isalnum((unsigned char)*path) || *path == ':' || *path == '_' ||
			 (*path == '.' && !first))
			text_add_byte(&text, *path);
		else
			text_addf(&text, "\\x%02x", (unsigned char)*path);
	}
	text_addf(&text, "%s%s", text.size ? "" : "-", ending);
	return text.at;
}
