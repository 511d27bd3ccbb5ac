#include "formats/heard.h"

#include <string.h>

#include "base/array.h"
#include "formats/uuid.h"

static const char *const words[] = {
	[HEARD_READY] = "ready",
	[HEARD_CHANGE] = "change",
	[HEARD_GONE] = "gone",
	[HEARD_KEPT] = "kept",
};

static bool tells_more(enum heard_what what)
{
	return what == HEARD_GONE || what == HEARD_KEPT;
}

void heard_print(struct text *text, const struct heard *heard)
{
	text_addf(text, "%s", words[heard->what]);
	if (tells_more(heard->what))
		text_addf(text, " %s %s %s", heard->uuid, heard->life, heard->alias);
}

/* The next word; the last one is the rest, which has no blank. */
static const char *word_take(struct arena *arena, const char **at)
{
	size_t size = strcspn(*at, " ");
	const char *word = arena_strndup(arena, *at, size);

	*at += size;
	*at += **at == ' ';
	return word;
}

bool heard_read(struct arena *arena, const char *text, struct heard *ret)
{
	const char *at = text, *word = word_take(arena, &at);
	size_t what = 0;

	while (what < COUNT_OF(words) && strcmp(words[what], word) != 0)
		what++;
	if (what == COUNT_OF(words))
		return false;
	*ret = (struct heard){ .what = (enum heard_what)what };
	if (!tells_more(ret->what))
		return !*at;
	ret->uuid = word_take(arena, &at);
	ret->life = word_take(arena, &at);
	ret->alias = word_take(arena, &at);
	/* The UUID becomes part of a path. */
	return strlen(ret->uuid) == 36 && uuid_is_valid(ret->uuid) && *ret->life && *ret->alias &&
	       !*at;
}
