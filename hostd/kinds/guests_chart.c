/* guests_chart.c - which guest has which processors, as a small map of sockets, cores and threads.
 */
#include <string.h>

#include "kinds/guests_place.h"
#include "resource/chart.h"

/* What a processor without a guest is. */
enum { SIGN_HOST = '=', SIGN_APART = '-', SIGN_FREE = '.', SIGN_BESIDE = '_', SIGN_SHARED = '*' };

static const struct chart_key meanings[] = {
	{ SIGN_SHARED, "pinned by several guests" },
	{ SIGN_BESIDE, "idle beside a guest" },
	{ SIGN_APART, "set apart, free" },
	{ SIGN_FREE, "free" },
	{ SIGN_HOST, "the host's" },
};

struct drawing {
	struct chart *chart;
	const struct topology *topology;
	struct cpus apart, host, pinned;
	char sign[CPU_MAX]; /* of the guest that has it, or 0 */
	bool used[256];     /* signs */
};

static void guest_draw(void *context, const char *path, const struct cpus *dedicated)
{
	struct drawing *drawing = context;
	const char *dot = strchr(path, '.');
	char sign = chart_sign(drawing->chart, dot ? dot + 1 : path);

	for (unsigned cpu = 0; cpu < CPU_MAX; cpu++)
		if (cpus_has(dedicated, cpu))
			drawing->sign[cpu] = drawing->sign[cpu] ? SIGN_SHARED : sign;
	cpus_join(&drawing->pinned, dedicated);
}

static char sign_of(const struct drawing *drawing, const struct topology_core *core, unsigned cpu)
{
	if (drawing->sign[cpu])
		return drawing->sign[cpu];
	if (cpus_overlap(&core->threads, &drawing->pinned))
		return SIGN_BESIDE;
	if (cpus_has(&drawing->apart, cpu))
		return SIGN_APART;
	return cpus_has(&drawing->host, cpu) ? SIGN_HOST : SIGN_FREE;
}

static const char *core_draw(struct drawing *drawing, const struct topology_core *core)
{
	struct text text = text_of(drawing->chart->arena);

	for (unsigned cpu = core->first; cpu < CPU_MAX; cpu++) {
		if (!cpus_has(&core->threads, cpu))
			continue;
		char sign = sign_of(drawing, core, cpu);
		drawing->used[(unsigned char)sign] = true;
		text_add_byte(&text, sign);
	}
	return text.at;
}

/* As many cores as a line of a terminal has room for. */
static size_t cores_in_row(const struct topology *topology)
{
	enum { ROOM = 64, MOST = 32 };
	unsigned threads = 1, cores = MOST;

	EACH(core, &topology->cores)
		if (cpus_count(&core->threads) > threads)
			threads = cpus_count(&core->threads);
	while (cores > 1 && cores * (threads + 1) > ROOM)
		cores /= 2;
	return cores;
}

static void row_end(struct drawing *drawing, struct chart_row *row, struct cpus *shown)
{
	if (!row->groups.count)
		return;
	row->parts = type_text_of(&type_cpus, shown, drawing->chart->arena);
	ARRAY_PUSH(drawing->chart->arena, &drawing->chart->rows, *row);
	*row = (struct chart_row){ .label = row->label };
	*shown = (struct cpus){};
}

/* The cores of one node on one socket. */
static void place_draw(struct drawing *drawing, unsigned socket, unsigned node)
{
	struct arena *arena = drawing->chart->arena;
	bool numa = drawing->topology->nodes.count > 1;
	struct chart_row row = { .label = numa ? arena_printf(arena, "socket %u node %u", socket,
							      node)
					       : arena_printf(arena, "socket %u", socket) };
	size_t most = cores_in_row(drawing->topology);
	struct cpus shown = {};

	EACH(core, &drawing->topology->cores) {
		if (core->socket != socket || core->node != node)
			continue;
		if (row.groups.count == most)
			row_end(drawing, &row, &shown);
		ARRAY_PUSH(arena, &row.groups, core_draw(drawing, core));
		cpus_join(&shown, &core->threads);
	}
	row_end(drawing, &row, &shown);
}

static void places_draw(struct drawing *drawing)
{
	const struct topology *topology = drawing->topology;

	EACH(core, &topology->cores) {
		bool first = true;
		for (const struct topology_core *before = topology->cores.at; before < core;
		     before++)
			first &= before->socket != core->socket || before->node != core->node;
		if (first)
			place_draw(drawing, core->socket, core->node);
	}
}

static const struct topology *topology_known(const struct view *view)
{
	const struct seen_kind *guests = seen_find(view->seen, "guests");

	if (guests)
		EACH(each, &guests->facts) {
			const struct guest_facts *facts = each->facts;
			if (facts && facts->topology && facts->topology->cores.count)
				return facts->topology;
		}
	return NULL;
}

bool guests_chart(const struct view *view, struct chart *ret)
{
	struct drawing *drawing = ARENA_NEW(ret->arena, struct drawing);
	const struct topology *topology = topology_known(view);

	if (!topology)
		return false;
	drawing->chart = ret;
	drawing->topology = topology;
	drawing->apart = pins_apart(view->desired, topology);
	drawing->host = cpus_count(&drawing->apart)
				? cpus_without(&topology->online, &drawing->apart)
				: place_host(view->desired, topology);
	pins_others(view, NULL, guest_draw, drawing);
	if (!cpus_count(&drawing->pinned))
		return false;
	ret->title = "CPUs of guests, the threads of a core together";
	places_draw(drawing);
	for (size_t i = 0; i < COUNT_OF(meanings); i++)
		if (drawing->used[(unsigned char)meanings[i].sign])
			ARRAY_PUSH(ret->arena, &ret->keys, meanings[i]);
	return true;
}
