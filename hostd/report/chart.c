/* chart.c - drawings of who has which of the machine's parts. */
#include <string.h>

#include "report/parts.h"

static bool is_redrawn(const struct plan_item *item)
{
	const char *const *path = item->kind->charted;

	while (path && *path && !paths_has(&item->differs, *path))
		path++;
	return path && *path && item->action != ACTION_NONE && !item->blocked;
}

static bool is_due(const struct plan *plan, const struct kind *kind, bool all)
{
	EACH(item, &plan->items)
		if ((*item)->kind == kind && is_redrawn(*item))
			return true;
	return all;
}

static size_t widest(const struct chart *chart, bool parts)
{
	size_t width = 0;

	EACH(row, &chart->rows) {
		size_t size = strlen(parts ? row->parts : row->label);
		width = size > width ? size : width;
	}
	return width;
}

static void keys_text(struct text *text, const struct chart *chart)
{
	enum { WIDTH = 90 };
	size_t column = 0;

	EACH(key, &chart->keys) {
		size_t size = strlen(key->means) + 4;
		if (column && column + size > WIDTH) {
			text_add(text, "\n");
			column = 0;
		}
		text_addf(text, "%s%c %s", column ? "  " : "    ", key->sign, key->means);
		column += size;
	}
	text_add(text, "\n");
}

static void chart_text(struct text *text, const struct chart *chart)
{
	int label = (int)widest(chart, false), parts = (int)widest(chart, true);

	text_addf(text, "%s\n", chart->title);
	EACH(row, &chart->rows) {
		text_addf(text, "    %-*s  %-*s ", label, row->label, parts, row->parts);
		EACH(group, &row->groups)
			text_addf(text, " %s", *group);
		text_add(text, "\n");
	}
	keys_text(text, chart);
}

static struct node *chart_tree(struct arena *arena, const struct chart *chart)
{
	struct node *map = node_map(arena), *rows = node_list(arena), *keys = node_map(arena);

	node_put(arena, map, "title", node_quoted(arena, chart->title));
	EACH(row, &chart->rows) {
		struct node *one = node_append(rows, node_map(arena)), *groups = node_list(arena);
		node_put(arena, one, "place", node_quoted(arena, row->label));
		node_put(arena, one, "parts", node_quoted(arena, row->parts));
		EACH(group, &row->groups)
			node_append(groups, node_quoted(arena, *group));
		node_put(arena, one, "groups", groups);
	}
	EACH(key, &chart->keys)
		node_put(arena, keys, arena_printf(arena, "%c", key->sign),
			 node_quoted(arena, key->means));
	node_put(arena, map, "rows", rows);
	node_put(arena, map, "keys", keys);
	return map;
}

/* NULL where a run ended before anything was planned. */
static const struct kind *const *kinds_of(const struct plan *plan)
{
	return plan->view.desired ? plan->view.desired->kinds : NULL;
}

static bool chart_make(const struct plan *plan, const struct kind *kind, bool all,
		       struct chart *ret)
{
	return kind->chart && is_due(plan, kind, all) && kind->chart(&plan->view, ret);
}

void charts_text(struct text *text, const struct plan *plan, bool all)
{
	const struct kind *const *kind = kinds_of(plan);

	for (; kind && *kind; kind++) {
		struct chart chart = { .arena = text->arena };
		if (chart_make(plan, *kind, all, &chart))
			chart_text(text, &chart);
	}
}

struct node *charts_tree(struct arena *arena, const struct plan *plan, bool all)
{
	const struct kind *const *kind = kinds_of(plan);
	struct node *charts = node_map(arena);

	for (; kind && *kind; kind++) {
		struct chart chart = { .arena = arena };
		if (chart_make(plan, *kind, all, &chart))
			node_put(arena, charts, (*kind)->path, chart_tree(arena, &chart));
	}
	return charts;
}
