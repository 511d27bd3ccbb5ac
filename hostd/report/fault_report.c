#include "report/parts.h"

static const char *const kind_names[] = {
	[FAULT_DESCRIPTION] = "description", [FAULT_HOST] = "host",   [FAULT_MACHINE] = "machine",
	[FAULT_REFUSED] = "refused",         [FAULT_MOVED] = "moved",
};

int faults_exit_status(const struct faults *faults)
{
	static const struct {
		enum fault_kind kind;
		int status;
	} order[] = {
		{ FAULT_DESCRIPTION, 3 },
		{ FAULT_MACHINE, 4 },
		{ FAULT_REFUSED, 5 },
	};

	for (size_t i = 0; i < COUNT_OF(order); i++)
		for (const struct fault *fault = faults->first; fault; fault = fault->next)
			if (fault->kind == order[i].kind)
				return order[i].status;
	return faults->count ? 1 : 0;
}

void fault_line(struct text *text, const struct fault *fault)
{
	if (fault->within)
		text_addf(text, "%s: ", fault->within);
	text_add(text, fault->message);
	if (fault->hint)
		text_addf(text, " (%s)", fault->hint);
}

static void place_text(struct text *text, struct mark mark)
{
	if (mark.line)
		text_addf(text, "%s:%u:%u: ", mark.file ? mark.file : "-", mark.line, mark.column);
}

static void fault_text(const struct reporter *reporter, const struct fault *fault)
{
	struct text text = text_of(reporter->arena);

	place_text(&text, fault->mark);
	text_add(&text, "error: ");
	if (fault->within && !fault->mark.line)
		text_addf(&text, "%s: ", fault->within);
	text_add(&text, fault->message);
	text_add_byte(&text, '\n');
	if (reporter->sources)
		document_excerpt(&text, reporter->sources, fault->mark);
	if (fault->also.line) {
		place_text(&text, fault->also);
		text_addf(&text, "note: %s\n", fault->also_is);
		if (reporter->sources)
			document_excerpt(&text, reporter->sources, fault->also);
	}
	if (fault->hint)
		text_addf(&text, "  hint: %s\n", fault->hint);
	fwrite(text.at, 1, text.size, reporter->err);
}

/* Whether `b` has to be told before `a`: it stands above in the same file. */
static bool stands_above(const struct fault *b, const struct fault *a)
{
	if (!a->mark.line || !b->mark.line || !string_equal(a->mark.file, b->mark.file))
		return false;
	return b->mark.line < a->mark.line ||
	       (b->mark.line == a->mark.line && b->mark.column < a->mark.column);
}

/* Stages find faults in an order of their own; people read a file from above. */
static const struct fault **faults_sorted(struct arena *arena, const struct faults *faults)
{
	const struct fault **sorted = arena_alloc(arena, faults->count * sizeof(*sorted));
	size_t count = 0;

	for (const struct fault *fault = faults->first; fault; fault = fault->next) {
		size_t at = count++;
		for (; at > 0 && stands_above(fault, sorted[at - 1]); at--)
			sorted[at] = sorted[at - 1];
		sorted[at] = fault;
	}
	return sorted;
}

void text_faults(const struct reporter *reporter, const struct faults *faults)
{
	const struct fault **sorted = faults_sorted(reporter->arena, faults);

	for (size_t i = 0; i < faults->count; i++)
		fault_text(reporter, sorted[i]);
	if (faults->count > 1)
		fprintf(reporter->err, "%u errors\n", faults->count);
}

/* ---- as a tree ---- */

static void put_mark(struct arena *arena, struct node *map, const char *key, struct mark mark)
{
	struct node *place = node_map(arena);

	if (!mark.line)
		return;
	node_put(arena, place, "file", node_quoted(arena, mark.file ? mark.file : "-"));
	node_put(arena, place, "line", node_scalar(arena, arena_printf(arena, "%u", mark.line)));
	node_put(arena, place, "column",
		 node_scalar(arena, arena_printf(arena, "%u", mark.column)));
	node_put(arena, map, key, place);
}

struct node *faults_tree(struct arena *arena, const struct faults *faults)
{
	struct node *list = node_list(arena);

	const struct fault **sorted = faults_sorted(arena, faults);
	for (size_t i = 0; i < faults->count; i++) {
		const struct fault *fault = sorted[i];
		struct node *map = node_append(list, node_map(arena));
		node_put(arena, map, "kind", node_quoted(arena, kind_names[fault->kind]));
		put_mark(arena, map, "place", fault->mark);
		put_mark(arena, map, "also", fault->also);
		if (fault->within)
			node_put(arena, map, "within", node_quoted(arena, fault->within));
		node_put(arena, map, "message", node_quoted(arena, fault->message));
		if (fault->hint)
			node_put(arena, map, "hint", node_quoted(arena, fault->hint));
	}
	return list;
}
