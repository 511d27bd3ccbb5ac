#include "command/explain.h"
#include "resource/describe.h"

const char *explain_form(const struct field *field)
{
	switch (field->form) {
	case FORM_LIST:
		return "a list; each ";
	case FORM_RECORD:
		return "a mapping";
	case FORM_MAP:
		return "a mapping from names to bodies";
	case FORM_VALUE:
		return "";
	}
	return "";
}

const char *explain_choices(struct arena *arena, const struct field *field)
{
	struct text text = text_of(arena);

	for (const char *const *choice = field->choices; *choice; choice++)
		text_addf(&text, "%s%s", text.size ? " " : "", *choice);
	return text.at;
}

/* What a record's members cost differs: each of them tells. */
bool explain_costs(const struct field *field)
{
	return field->change != CLASS_NONE && field->form != FORM_RECORD;
}

static void field_details(struct arena *arena, FILE *out, const struct field *field)
{
	fprintf(out, "    %s%s\n", explain_form(field), field->type ? field->type->name : "");
	if (field->choices)
		fprintf(out, "    %sone of: %s\n", field->form == FORM_MAP ? "or " : "",
			explain_choices(arena, field));
	if (field->target)
		fprintf(out, "    names one of %s\n", field->target);
	if (field->fallback)
		fprintf(out, "    default: %s\n", field->fallback);
	if (field->example)
		fprintf(out, "    example: %s\n", field->example);
	if (field->flags & FIELD_REQUIRED)
		fputs("    required\n", out);
	if (explain_costs(field))
		fprintf(out, "    changing it: %s\n", class_name(field->change));
}

static void record_list(FILE *out, const struct record *record)
{
	for (size_t i = 0; i < record->field_count; i++) {
		const struct field *field = &record->fields[i];
		if (field->flags & FIELD_IMPLIED)
			continue;
		fprintf(out, "  %-18s %s%s\n", field->name, field->help,
			field == record->shorthand ? " (shorthand)" : "");
	}
}

/* A level that is no kind of its own says what it leads to. */
static const char *level_summary(struct arena *arena, const char *path)
{
	const struct kind *kind = kind_find(kinds, path);
	struct text text = text_of(arena);

	if (kind)
		return kind->summary;
	EACH(level, &desired_explain(arena, kinds, path)->levels)
		text_addf(&text, "%s%s", text.size ? ", " : "", *level);
	return text.at;
}

int command_explain(struct session *session)
{
	if (session->options->manual)
		return explain_man(session);
	FILE *out = session->reporter.out;
	const char *path = session_argument(session, 0, "");
	const struct explanation *explanation = desired_explain(session->arena, kinds, path);

	if (!explanation) {
		fault(&session->faults, FAULT_DESCRIPTION, "nothing can be said at \"%s\"", path);
		return session_fail(session);
	}
	fprintf(out, "%s\n", *path ? path : "a host description");
	if (explanation->summary)
		fprintf(out, "    %s\n", explanation->summary);
	if (explanation->field)
		field_details(session->arena, out, explanation->field);
	if (explanation->kind && !explanation->field && explanation->kind->shape == SHAPE_NAMED)
		fputs("    a mapping from names to bodies\n", out);
	if (explanation->record) {
		fputc('\n', out);
		if (!explanation->field && explanation->kind->flags & KIND_COUNTED)
			fputs("  profile            named bodies of profiles: that lie under this "
			      "one\n"
			      "  count              makes NAME-1 to NAME-count; {index} and {name} "
			      "are"
			      " replaced\n",
			      out);
		record_list(out, explanation->record);
	}
	EACH(level, &explanation->levels) {
		const char *below =
			*path ? arena_printf(session->arena, "%s.%s", path, *level) : *level;
		fprintf(out, "  %-18s %s\n", *level, level_summary(session->arena, below));
	}
	return EXIT_DONE;
}
