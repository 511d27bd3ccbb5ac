#include "formats/ini.h"

#include <string.h>

#include "formats/ours.h"

struct ini ini_of(struct arena *arena, const char *text)
{
	return (struct ini){ .arena = arena, .next = text, .section = "" };
}

static void ini_section(struct ini *ini, const char *line)
{
	ini->section = arena_strndup(ini->arena, line + 1, strcspn(line + 1, "]"));
	ini->label = NULL;
	ini->number++;
}

bool ini_next(struct ini *ini)
{
	const char *line = NULL, *equals = NULL;

	while ((line = line_take(ini->arena, &ini->next))) {
		if (*line == '[')
			ini_section(ini, line);
		else if (*line == '#' || *line == ';')
			ini->label = line + 1 + (line[1] == ' ');
		else if ((equals = strchr(line, '=')))
			break;
	}
	if (!line)
		return false;
	ini->key = arena_strndup(ini->arena, line, (size_t)(equals - line));
	ini->value = equals + 1;
	return true;
}

bool ini_is(const struct ini *ini, const char *section, const char *key)
{
	return strcmp(ini->section, section) == 0 && strcmp(ini->key, key) == 0;
}
