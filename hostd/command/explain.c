#include "command/command.h"
#include "resource/describe.h"

static const char *form_name(const struct field *field)
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

static void field_details(FILE *out, const struct field *field)
{
	fprintf(out, "    %s%s\n", form_name(field), field->type ? field->type->name : "");
	if (field->choices) {
		fputs("    one of:", out);
		for (const char *const *choice = field->choices; *choice; choice++)
			fprintf(out, " %s", *choice);
		fputc('\n', out);
	}
	if (field->target)
		fprintf(out, "    names one of %s\n", field->target);
	if (field->fallback)
		fprintf(out, "    default: %s\n", field->fallback);
	if (field->example)
		fprintf(out, "    example: %s\n", field->example);
	if (field->flags & FIELD_REQUIRED)
		fputs("    required\n", out);
	if (field->change != CLASS_NONE)
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

int command_explain(struct session *session)
{
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
		field_details(out, explanation->field);
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
		const struct kind *kind = kind_find(kinds, below);
		fprintf(out, "  %-18s %s\n", *level, kind ? kind->summary : "");
	}
	return EXIT_DONE;
}
