/* What the rows of a record can get wrong; for tests, which run it over every kind. */
#include <ctype.h>
#include <string.h>

#include "schema/field.h"
#include "schema/record.h"

struct lint {
	const char *path;
	struct arena *arena;
	struct faults *faults;
};

static const char *row_path(const struct lint *lint, const struct field *field)
{
	const char *name = field->name ? field->name : "(no name)";

	return *lint->path ? arena_printf(lint->arena, "%s.%s", lint->path, name) : name;
}

static void complain(const struct lint *lint, const struct field *field, const char *what)
{
	(void)fault(lint->faults, FAULT_HOST, "row %s: %s", row_path(lint, field), what);
}

static bool is_key(const char *name)
{
	if (!name || !islower((unsigned char)name[0]))
		return false;
	for (; *name; name++)
		if (!islower((unsigned char)*name) && !isdigit((unsigned char)*name) &&
		    *name != '_')
			return false;
	return true;
}

static void lint_words(const struct lint *lint, const struct field *field)
{
	const char *help = field->help;

	if (!is_key(field->name))
		complain(lint, field, "the name is not snake_case");
	if (!help || !*help)
		complain(lint, field, "no help");
	else if (strchr(help, '\n') || help[strlen(help) - 1] == '.')
		complain(lint, field, "the help is not one line without a full stop");
	if ((unsigned)field->change >= CLASS_COUNT)
		complain(lint, field, "no such class");
}

static void lint_flags(const struct lint *lint, const struct field *field)
{
	unsigned neither = FIELD_NOT_RUNNING | FIELD_NOT_CONFIGURED;
	bool is_scalar = field->form == FORM_VALUE || field->form == FORM_LIST;

	if ((field->flags & neither) == neither)
		complain(lint, field, "compared with no state: say FIELD_PLAIN");
	if (field->flags & FIELD_REQUIRED && field->fallback)
		complain(lint, field, "required, and yet with a default");
	if (field->flags & FIELD_REQUIRED && field->flags & FIELD_IMPLIED)
		complain(lint, field, "required, and yet never in a description");
	if (field->flags & FIELD_ANY_KEY && field->form != FORM_MAP)
		complain(lint, field, "FIELD_ANY_KEY is for maps");
	if (field->flags & FIELD_UNORDERED && field->form != FORM_LIST)
		complain(lint, field, "FIELD_UNORDERED is for lists");
	if (field->flags & FIELD_PRESENCE && field->form != FORM_RECORD &&
	    (field->form != FORM_VALUE || field->fallback))
		complain(lint, field, "FIELD_PRESENCE is for records and values without default");
	if (field->fallback && !is_scalar)
		complain(lint, field, "only scalars and lists have a default");
	if (field->choices && field->form != FORM_MAP &&
	    (!is_scalar || field->type->equal != type_text.equal))
		complain(lint, field, "choices are for text and maps");
	if (field->target && is_scalar && field->type->equal != type_text.equal)
		complain(lint, field, "a reference is text");
	if (field->most && field->least > field->most && (int64_t)field->least >= 0)
		complain(lint, field, "bounds the wrong way round");
}

static void lint_type(const struct lint *lint, const struct field *field)
{
	static const char *const json_types[] = { "string", "integer", "boolean", "object" };
	const struct type *type = field->type;
	bool known = false;

	for (size_t i = 0; type->json_type && i < COUNT_OF(json_types); i++)
		known |= string_equal(type->json_type, json_types[i]);
	if (!known)
		complain(lint, field, "its type has no JSON type");
	if (!type->json_pattern && !type->schema)
		complain(lint, field, "its type has no pattern");
	if (!type->name || !type->read || !type->print || !type->equal)
		complain(lint, field, "its type is not whole");
}

/* Whether a node reads, prints, and reads back equal. */
static bool holds(struct arena *arena, const struct field *field, const struct node *node)
{
	void *value = arena_alloc(arena, field->form == FORM_LIST ? sizeof(struct list)
								  : field->type->size);
	void *again = arena_alloc(arena, field->form == FORM_LIST ? sizeof(struct list)
								  : field->type->size);
	struct faults faults = {};

	faults_init(&faults, arena);
	if (field_read(arena, field, node, value, &faults) <= 0)
		return false;
	const struct node *tree = field_tree(arena, field, value, true);
	return field_read(arena, field, tree, again, &faults) > 0 &&
	       field_equal(field, value, again);
}

static void lint_texts(const struct lint *lint, const struct field *field)
{
	struct field of_example = *field;

	of_example.fallback = field->example;
	if (field->fallback && !holds(lint->arena, field, field_fallback(lint->arena, field)))
		complain(lint, field, "its default does not read back");
	if (field->example && field->type != &type_secret && field->type != &type_block &&
	    !holds(lint->arena, field, field_fallback(lint->arena, &of_example)))
		complain(lint, field, "its example does not read back");
}

static size_t row_size(const struct field *field)
{
	switch (field->form) {
	case FORM_VALUE:
		return field->type->size;
	case FORM_LIST:
		return sizeof(struct list);
	case FORM_RECORD:
		return field->record->size;
	case FORM_MAP:
		break;
	}
	return sizeof(struct map);
}

static bool row_is_whole(const struct field *field)
{
	bool nested = field->form == FORM_RECORD || field->form == FORM_MAP;

	return nested ? !!field->record : !!field->type;
}

static void lint_place(const struct lint *lint, const struct record *record, size_t at)
{
	const struct field *field = &record->fields[at];

	if (field->offset < sizeof(struct given) || field->offset + row_size(field) > record->size)
		complain(lint, field, "it lies outside of its struct");
	for (size_t i = 0; i < at; i++) {
		const struct field *other = &record->fields[i];
		if (!row_is_whole(other))
			continue;
		if (string_equal(other->name, field->name))
			complain(lint, field, "its name is there twice");
		if (field->offset < other->offset + row_size(other) &&
		    other->offset < field->offset + row_size(field))
			complain(lint, field, "it lies over another row");
	}
}

static void lint_record(const struct lint *lint, const struct record *record);

static void lint_field(const struct lint *lint, const struct record *record, size_t at)
{
	const struct field *field = &record->fields[at];
	struct lint below = *lint;

	if (!row_is_whole(field)) {
		complain(lint, field, "no type, or no record");
		return;
	}
	lint_words(lint, field);
	lint_flags(lint, field);
	lint_place(lint, record, at);
	below.path = row_path(lint, field);
	if (field->form == FORM_MAP)
		below.path = arena_printf(lint->arena, "%s.*", below.path);
	if (field->record) {
		lint_record(&below, field->record);
	} else {
		lint_type(lint, field);
		lint_texts(lint, field);
	}
}

static void lint_shorthand(const struct lint *lint, const struct record *record)
{
	const struct field *shorthand = record->shorthand;

	if (shorthand < record->fields || shorthand >= record->fields + record->field_count)
		complain(lint, shorthand, "a shorthand, but not a row of this record");
	else if (shorthand->form == FORM_MAP)
		complain(lint, shorthand, "a map cannot be a shorthand");
	else if (shorthand->flags & FIELD_IMPLIED)
		complain(lint, shorthand, "a shorthand, but never in a description");
}

static void lint_record(const struct lint *lint, const struct record *record)
{
	if (record->field_count > 64 * GIVEN_WORDS) {
		(void)fault(lint->faults, FAULT_HOST, "record %s: more than %d rows", lint->path,
			    64 * GIVEN_WORDS);
		return;
	}
	for (size_t i = 0; i < record->field_count; i++)
		lint_field(lint, record, i);
	if (record->shorthand)
		lint_shorthand(lint, record);
}

void record_lint(const struct record *record, struct faults *faults)
{
	struct lint lint = { "", faults->arena, faults };

	lint_record(&lint, record);
}
