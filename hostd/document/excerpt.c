#include <limits.h>
#include <string.h>

#include "base/utf8.h"
#include "document/reading.h"

/* As wide as a terminal is for most, without the indentation. */
enum { WIDTH = 96, TAB = 8 };
#define INDENT "    "
#define CUT    "..."

struct line { /* what is left of it */
	const char *at, *end;
};

struct cell { /* one character as it is shown */
	const char *at;
	size_t size;
	unsigned width;
};

/* Takes the next character off the line; `column` is where it is shown, from 0. */
static struct cell next_cell(struct line *line, unsigned column)
{
	uint32_t character = 0;
	size_t length = utf8_decode(line->at, (size_t)(line->end - line->at), &character);
	struct cell cell = { line->at, length, 1 };

	line->at += length ? length : 1;
	if (length && character == '\t')
		return (struct cell){ "        ", TAB - column % TAB, TAB - column % TAB };
	if (!length || !utf8_is_shown(character))
		return (struct cell){ UTF8_REPLACEMENT, strlen(UTF8_REPLACEMENT), 1 };
	cell.width = utf8_width(character);
	return cell;
}

/* How wide the first `characters` of a line are shown, counted no further than `most`. */
static unsigned width_of(struct line line, unsigned characters, unsigned most)
{
	unsigned width = 0;

	for (unsigned i = 0; i < characters && width < most && line.at < line.end; i++)
		width += next_cell(&line, width).width;
	return width;
}

/* The columns [from, to) of a line; of a wide character cut in two, blanks. */
static void add_window(struct text *text, struct line line, unsigned from, unsigned to)
{
	unsigned column = 0;

	while (line.at < line.end && column < to) {
		struct cell cell = next_cell(&line, column);
		unsigned end = column + cell.width;
		if (column >= from && end <= to)
			text_add_bytes(text, cell.at, cell.size);
		else if (end > from)
			text_addf(text, "%*s",
				  (int)(end - from < cell.width ? end - from : to - column), "");
		column = end;
	}
}

void document_excerpt(struct text *text, const struct sources *sources, struct mark mark)
{
	const struct source *source = sources_find(sources, mark.file);
	struct line line = {};
	size_t size = 0;

	line.at = source ? source_span(source, mark.line, &size) : NULL;
	if (!line.at || !size || !mark.column)
		return;
	line.end = line.at + size;
	unsigned caret = width_of(line, mark.column - 1, UINT_MAX);
	unsigned whole = width_of(line, UINT_MAX, caret + WIDTH + 1);
	unsigned cut = (unsigned)strlen(CUT);
	unsigned from = whole <= WIDTH || caret < WIDTH * 3 / 4 ? 0 : caret - WIDTH / 2;
	bool cut_end = whole - from > WIDTH;

	text_add(text, from ? INDENT CUT : INDENT);
	add_window(text, line, from, cut_end ? from + WIDTH - cut : whole);
	text_addf(text, "%s\n" INDENT "%*s^\n", cut_end ? CUT : "",
		  (int)(caret - from + (from ? cut : 0)), "");
}
