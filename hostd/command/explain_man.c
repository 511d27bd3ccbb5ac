/* explain_man.c - the language as a manual page, gasthof.yaml(5): each record once, at the first
 * place where it can stand, in the markup of mdoc(7). */
#include <ctype.h>
#include <string.h>

#include "command/command.h"
#include "command/explain.h"

struct place { /* a record, and where it stands */
	const struct record *record;
	const char *path;
};

struct page {
	FILE *out;
	struct arena *arena;
	ARRAY(struct place) places; /* of one kind, the printed ones first */
};

/* What mdoc would take for markup stays text: a backslash, and a control character that begins
 * the line. */
static void page_text(const struct page *page, const char *text)
{
	if (*text == '.' || *text == '\'')
		fputs("\\&", page->out);
	for (; *text; text++)
		if (*text == '\\')
			fputs("\\e", page->out);
		else
			fputc(*text, page->out);
	fputc('\n', page->out);
}

/* An argument of a macro: in quotes, or mdoc reads "Ar" and its like as macros. */
static void page_macro(const struct page *page, const char *macro, const char *text)
{
	fprintf(page->out, ".%s \"", macro);
	for (; *text; text++)
		fputs(*text == '\\'  ? "\\e"
		      : *text == '"' ? "\\(dq"
				     : (char[]){ *text, 0 },
		      page->out);
	fputs("\"\n", page->out);
}

/* Where a record was met first; it is put at the end of the queue when that is here. */
static const char *place_of(struct page *page, const struct record *record, const char *path)
{
	EACH(place, &page->places)
		if (place->record == record)
			return place->path;
	*ARRAY_ADD(page->arena, &page->places) = (struct place){ record, path };
	return path;
}

static const char *field_words(struct page *page, const struct field *field, const char *path)
{
	struct text text = text_of(page->arena);

	text_addf(&text, "%s%s", explain_form(field), field->type ? field->type->name : "");
	if (field->record)
		text_addf(&text, ", see %s",
			  place_of(page, field->record,
				   arena_printf(page->arena, "%s.%s%s", path, field->name,
						field->form == FORM_MAP ? ".*" : "")));
	if (field->choices)
		text_addf(&text, "; %sone of: %s", field->form == FORM_MAP ? "or " : "",
			  explain_choices(page->arena, field));
	if (field->target)
		text_addf(&text, "; names one of %s", field->target);
	if (field->flags & FIELD_REQUIRED)
		text_addf(&text, "; required");
	if (field->fallback)
		text_addf(&text, "; default: %s", field->fallback);
	if (field->example)
		text_addf(&text, "; example: %s", field->example);
	if (explain_costs(field))
		text_addf(&text, "; changing it: %s", class_name(field->change));
	return text.at;
}

static void place_print(struct page *page, const struct place *place)
{
	const struct record *record = place->record;

	page_macro(page, "Ss", place->path);
	if (record->shorthand)
		page_text(page, arena_printf(page->arena, "A bare value stands for %s.",
					     record->shorthand->name));
	fputs(".Bl -tag -width Ds\n", page->out);
	for (size_t i = 0; i < record->field_count; i++) {
		const struct field *field = &record->fields[i];
		if (field->flags & FIELD_IMPLIED)
			continue;
		page_macro(page, "It Cm", field->name);
		page_text(page, field->help);
		fputs(".br\n", page->out);
		page_text(page, field_words(page, field, place->path));
	}
	fputs(".El\n", page->out);
}

static void kind_print(struct page *page, const struct kind *kind)
{
	const char *path = kind->shape == SHAPE_NAMED
				   ? arena_printf(page->arena, "%s.*", kind->path)
				   : kind->path;

	page->places = (__typeof__(page->places)){};
	page_macro(page, "Sh", kind->path);
	page_text(page, kind->summary);
	place_of(page, kind->record, path);
	for (size_t i = 0; i < page->places.count; i++) {
		struct place place = page->places.at[i]; /* the array grows meanwhile */
		place_print(page, &place);
	}
}

int explain_man(struct session *session)
{
	struct page page = { .out = session->reporter.out, .arena = session->arena };

	fputs(".Dd 2026\n.Dt GASTHOF.YAML 5\n.Os\n.Sh NAME\n.Nm gasthof.yaml\n"
	      ".Nd the description of a virtualization host\n.Sh DESCRIPTION\n"
	      "Every place of a description, and what can be said there: made from the tables\n"
	      "that\n.Xr gasthof 8\nreads it by. A star stands for a name of your own.\n",
	      page.out);
	for (const struct kind *const *kind = kinds; *kind; kind++)
		kind_print(&page, *kind);
	fputs(".Sh SEE ALSO\n.Xr gasthof 8\n", page.out);
	return EXIT_DONE;
}
