#include <string.h>

#include "base/utf8.h"
#include "document/reading.h"

void sources_init(struct sources *sources, struct arena *arena)
{
	*sources = (struct sources){ .arena = arena };
}

const struct source *sources_find(const struct sources *sources, const char *file)
{
	const struct source *source = sources->first;

	while (source && source->name != file)
		source = source->next;
	if (source || !file)
		return source;
	for (source = sources->first; source; source = source->next)
		if (strcmp(source->name, file) == 0)
			return source;
	return NULL;
}

/* The start of the next line, or NULL: \n, \r and \r\n end one, as for libyaml. */
static const char *line_after(const char *at, const char *end)
{
	const char *feed = memchr(at, '\n', (size_t)(end - at));
	const char *carriage = memchr(at, '\r', (size_t)((feed ? feed : end) - at));

	if (carriage)
		return carriage + (carriage + 1 < end && carriage[1] == '\n' ? 2 : 1);
	return feed ? feed + 1 : NULL;
}

static void find_lines(struct arena *arena, struct source *source)
{
	ARRAY(unsigned) lines = {};
	const char *end = source->text + source->size;

	for (const char *at = source->text; at; at = line_after(at, end))
		ARRAY_PUSH(arena, &lines, (unsigned)(at - source->text));
	source->lines = lines.at;
	source->line_count = (unsigned)lines.count;
}

struct source *source_add(struct sources *sources, const char *name, const char *text, size_t size)
{
	struct source *source = ARENA_NEW(sources->arena, struct source);

	if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
		text += 3;
		size -= 3;
	}
	source->name = arena_strdup(sources->arena, name);
	source->text = text;
	source->size = size;
	find_lines(sources->arena, source);
	if (sources->last)
		sources->last->next = source;
	else
		sources->first = source;
	sources->last = source;
	sources->count++;
	return source;
}

const char *source_span(const struct source *source, unsigned line, size_t *ret_size)
{
	if (!line || line > source->line_count)
		return NULL;
	const char *at = source->text + source->lines[line - 1];
	size_t end = line < source->line_count ? source->lines[line] : source->size;
	size_t size = end - source->lines[line - 1];
	while (size && (at[size - 1] == '\n' || at[size - 1] == '\r'))
		size--;
	*ret_size = size;
	return at;
}

const char *source_line(struct arena *arena, const struct source *source, unsigned line)
{
	size_t size = 0;
	const char *at = source_span(source, line, &size);

	return at ? arena_strndup(arena, at, size) : NULL;
}

const char *source_at(const struct source *source, struct mark mark)
{
	size_t size = 0;
	const char *at = source_span(source, mark.line, &size);

	if (!at)
		return source->text + source->size;
	for (unsigned column = 1; column < mark.column && size; column++) {
		uint32_t character = 0;
		size_t length = utf8_decode(at, size, &character);
		at += length ? length : 1;
		size -= length ? length : 1;
	}
	return at;
}

static int refuse(const struct source *source, struct mark mark, const char *at, size_t size,
		  uint32_t character, struct faults *faults)
{
	unsigned byte = (unsigned char)*at;

	if (at == source->text && size >= 2 &&
	    (memcmp(at, "\xff\xfe", 2) == 0 || memcmp(at, "\xfe\xff", 2) == 0)) {
		fault_at(faults, mark, "the file is UTF-16, only UTF-8 is read");
		return -1;
	}
	if (!character && byte) {
		fault_at(faults, mark, "byte 0x%02x is no valid UTF-8", byte);
		return -1;
	}
	if (!character)
		return fault_at(faults, mark, "a NUL byte is refused");
	fault_at(faults, mark, "the character U+%04X is refused", character);
	fault_hint(faults,
		   character < 0x100 ? "in double quotes, write \\x%02x"
				     : "in double quotes, write \\u%04x",
		   character);
	return -1;
}

int source_check(const struct source *source, struct faults *faults)
{
	struct mark mark = { source->name, 1, 1 };
	const char *end = source->text + source->size;

	for (const char *at = source->text; at < end;) {
		uint32_t character = 0;
		if (*at >= ' ' && *at < 0x7f) { /* nearly always: worth a short way */
			mark.column++;
			at++;
			continue;
		}
		size_t length = utf8_decode(at, (size_t)(end - at), &character);
		if (!length || !utf8_is_text(character))
			return refuse(source, mark, at, (size_t)(end - at), length ? character : 0,
				      faults);
		mark.column++;
		if (character == '\n' || (character == '\r' && at[1] != '\n')) {
			mark.line++;
			mark.column = 1;
		}
		at += length;
	}
	return 0;
}
