#include <string.h>
#include <time.h>

#include "report/report.h"

struct telling {
	struct watcher watcher;
	const struct reporter *reporter;
	struct timespec began, moved;
};

static double seconds_since(const struct timespec *then)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - then->tv_sec) + (double)(now.tv_nsec - then->tv_nsec) / 1e9;
}

static void tell_looks(struct watcher *watcher)
{
	(void)watcher;
}

static void tell_planned(struct watcher *watcher, const struct plan *plan, unsigned round)
{
	const struct telling *telling = (const struct telling *)watcher;

	if (plan->changes)
		fprintf(telling->reporter->err, "[%6.1fs] round %u: %u to change\n",
			seconds_since(&telling->began), round, plan->changes);
}

static void tell_begins(struct watcher *watcher, const char *item, const struct step *step)
{
	struct telling *telling = (struct telling *)watcher;

	(void)item, (void)step;
	clock_gettime(CLOCK_MONOTONIC, &telling->moved);
}

/* Long steps say how far they are, every two seconds at most. */
static void tell_moves(struct watcher *watcher, uint64_t done, uint64_t total)
{
	struct telling *telling = (struct telling *)watcher;

	if (seconds_since(&telling->moved) < 2)
		return;
	clock_gettime(CLOCK_MONOTONIC, &telling->moved);
	if (total)
		fprintf(telling->reporter->err, "[%6.1fs]   %3.0f %%\n",
			seconds_since(&telling->began), 100.0 * (double)done / (double)total);
}

static void tell_ends(struct watcher *watcher, const char *item, const struct step *step,
		      const struct outcome *outcome, const char *failure)
{
	const struct telling *telling = (const struct telling *)watcher;
	struct text text = text_of(telling->reporter->arena);

	step_print(&text, step);
	fprintf(telling->reporter->err, "[%6.1fs] %s: %s: %s\n", seconds_since(&telling->began),
		item, text.at, failure ? "failed" : result_name(outcome->result));
}

struct watcher *watcher_text(const struct reporter *reporter)
{
	struct telling *telling = ARENA_NEW(reporter->arena, struct telling);

	telling->watcher =
		(struct watcher){ tell_looks, tell_planned, tell_begins, tell_moves, tell_ends };
	telling->reporter = reporter;
	clock_gettime(CLOCK_MONOTONIC, &telling->began);
	return &telling->watcher;
}
